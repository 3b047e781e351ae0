"""Where a copy of an object goes: complete and under its name, or not there at all. Its faults are not the store's."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from storage.errors import TargetUnwritable


@contextmanager
def target(to: Path) -> Iterator[Callable[[bytes], None]]:
    """A function that writes the next bytes; the file appears at the end of the block, unless an exception leaves it.

    Raises TargetUnwritable.
    """
    part = to.with_name(f".{to.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        with _mapped():
            out = part.open("wb", buffering=0)

        def write(data: bytes) -> None:
            rest = memoryview(data)
            with _mapped():
                while rest:
                    rest = rest[out.write(rest) :]

        with out:
            yield write
        with _mapped():
            part.replace(to)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TargetUnwritable(why=errno.errorcode.get(error.errno or 0, "?")) from error
