"""Parsers of hostile bytes may raise anything; only our errors leave. What the machine lacks is never held against the file."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ingest.errors import CodedError, IngestError, MachineShort, ScratchFull

_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EACCES})
"""What the system says when a disk fails; no content of a file can make it say so."""

_SHORT = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EFBIG})
"""What it says when handles or memory run out, or a file grows beyond the limit of its box (`ingest.sandbox_child`). What was
sent may cause it, so it is not tried for ever."""


@contextmanager
def refusing(refusal: Callable[[], IngestError]) -> Iterator[None]:
    """Turn every exception but CodedError and MemoryError into `refusal()`, with the original as its cause.

    A failing disk, or one that is full, becomes ScratchFull, want of handles, memory or room within the limits MachineShort:
    the file may be perfect and is tried again.
    """
    try:
        yield
    except (CodedError, MemoryError):
        raise
    except Exception as error:
        number = (error.errno or 0) if isinstance(error, OSError) else 0
        if number in _DISK:
            raise ScratchFull(why=errno.errorcode[number]) from error
        if number in _SHORT:
            raise MachineShort(why=errno.errorcode[number]) from error
        raise refusal() from error
