"""What `ingest` needs from outside. `storage` fulfils it, `api.wiring` joins them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar

from ingest.model import ObjectRef, Sha256

T = TypeVar("T")


class ObjectStore(Protocol):
    """Immutable, content-addressed bytes. A `put` that returned is durable; a read that returned was verified."""

    def put_file(self, path: Path, media_type: str) -> ObjectRef:
        """Store the bytes of `path` (idempotent) and return their name."""
        ...

    def put_bytes(self, data: bytes, media_type: str) -> ObjectRef:
        """Store small `data` (idempotent) and return its name."""
        ...

    def fetch(self, sha256: Sha256, to: Path) -> None:
        """Write the object to `to`, verifying its hash; raises ObjectMissing or ObjectCorrupt."""
        ...

    def read_bytes(self, sha256: Sha256) -> bytes:
        """The whole object, verified."""
        ...

    def open_range(self, sha256: Sha256, start: int = 0, length: int | None = None) -> BinaryIO:
        """A stream of part of the object for download; a range cannot be verified against the hash."""
        ...

    def size(self, sha256: Sha256) -> int | None:
        """Size in bytes, or None when there is no such object."""
        ...


class Box(Protocol):
    """Runs a pure function of this code base in a child process that may die without harm."""

    def run(self, function: Callable[..., T], *args: object, seconds: int | None = None) -> T:
        """Return what `function(*args)` returns; raises its CodedError, or BoxTimeout, BoxMemory, BoxCrash."""
        ...
