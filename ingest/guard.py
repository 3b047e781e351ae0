"""Parsers of hostile bytes may raise anything; only our errors leave. What the machine lacks is never held against the file."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ingest.errors import CodedError, IngestError, ScratchFull

_MACHINE = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EACCES}
)
"""What the system says when disk, handles or memory fail; no content of a file can make it say so."""


@contextmanager
def refusing(refusal: Callable[[], IngestError]) -> Iterator[None]:
    """Turn every exception but CodedError and MemoryError into `refusal()`, with the original as its cause.

    A failing disk, or one that is full, becomes ScratchFull: the file may be perfect and is tried again.
    """
    try:
        yield
    except (CodedError, MemoryError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _MACHINE:
            raise ScratchFull(why=errno.errorcode[error.errno]) from error
        raise refusal() from error
