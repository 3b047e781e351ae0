"""Parsers of hostile bytes may raise anything; only our errors leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ingest.errors import CodedError, IngestError


@contextmanager
def refusing(refusal: Callable[[], IngestError]) -> Iterator[None]:
    """Turn every exception but CodedError and MemoryError into `refusal()`, with the original as its cause."""
    try:
        yield
    except (CodedError, MemoryError):
        raise
    except Exception as error:
        raise refusal() from error
