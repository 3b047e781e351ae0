"""Frozen facts of keeping bytes: where an object lies, how it was found there, what lies there that nobody names. No I/O."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from ingest.model import ObjectRef, Sha256
from ingest.ports import ObjectStore


class Place(StrEnum):
    """One of the two stores."""

    MAIN = "main"
    COPY = "copy"

    @property
    def other(self) -> Place:
        """Where a good copy may be."""
        return Place.COPY if self is Place.MAIN else Place.MAIN


class Health(StrEnum):
    """How an object was when it was last looked at."""

    UNCHECKED = "unchecked"
    """In the main store: not read back yet. In the copy: not written yet."""
    GOOD = "good"
    CORRUPT = "corrupt"
    """The store gives other bytes."""
    MISSING = "missing"
    DISPOSED = "disposed"
    """Destroyed by an approved disposal; its absence is right."""


BAD = frozenset({Health.CORRUPT, Health.MISSING})


@dataclass(frozen=True, slots=True)
class ObjectState:
    """One object in one place."""

    place: Place
    object: ObjectRef
    health: Health
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How the objects of one place are."""

    place: Place
    objects: int
    size_bytes: int
    unchecked: int
    corrupt: int
    missing: int
    oldest_check: datetime | None
    """The check that is longest ago; None when nothing was checked."""

    @property
    def bad(self) -> int:
        """Objects that are not as they were stored."""
        return self.corrupt + self.missing


@dataclass(frozen=True, slots=True)
class Orphan:
    """An object no row named, moved out of the way."""

    sha256: Sha256
    size: int
    set_aside_at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """An object as a store lists it."""

    sha256: Sha256
    size: int
    stored_at: datetime
    """When these bytes were last stored, as far as the store knows."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose object it is: the ids of batch, file and paper (empty where none)."""

    batch_id: str
    file_id: str
    paper_id: str


class KeepingStore(ObjectStore, Protocol):
    """A store that can also be looked after."""

    def names(self) -> Iterator[Listed]:
        """Every object under a proper name, in no order; what is set aside is left out. StoreUnavailable."""
        ...

    def store_again(self, path: Path, media_type: str) -> ObjectRef:
        """Store the bytes of `path` and replace what is there when it differs; bad bytes are kept aside where possible."""
        ...

    def set_aside(self, sha256: Sha256) -> None:
        """Move the object to the quarantine of the same store; nothing if it is not there."""
        ...

    def bring_back(self, sha256: Sha256) -> bool:
        """Move it back from the quarantine; False when it is not in there."""
        ...

    def erase_aside(self, sha256: Sha256) -> None:
        """Destroy what is in the quarantine under this name, every version of it; for an approved disposal only.

        Raises ObjectLocked, StoreUnavailable.
        """
        ...

    def freeze(self, sha256: Sha256, *, on: bool) -> bool:
        """Set or take away the store's own legal hold; False when it has none (a folder), or no such object."""
        ...

    def worm(self) -> bool:
        """Whether the store itself refuses to delete or overwrite what is locked."""
        ...
