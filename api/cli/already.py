"""What is in the database already, by content: the reason why running `sohoa digitise` again doubles nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from api.wiring import Sohoa
from storage.model import FileRow, FileState

PAGE = 500

CAME_TO_NOTHING = frozenset({FileState.REFUSED, FileState.GIVEN_UP, FileState.REPLACED})
"""Files that are kept but led to no record: sending them again is a new try, not a double."""


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, lower-case hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def known_files(sohoa: Sohoa, hashes: Iterable[str], *, dossier: str, owner: str) -> dict[str, FileRow]:
    """Of these hashes, those received before in a batch of the same dossier and owner; the earliest receipt of each.

    Files that were refused, given up or replaced do not count: whoever sends one again wants another try.
    """
    wanted = set(hashes)
    found: dict[str, FileRow] = {}
    with sohoa.database.read() as uow:
        offset = 0
        while batches := uow.batches.latest(PAGE, offset):
            offset += len(batches)
            for batch in batches:
                if (batch.dossier, batch.owner) != (dossier, owner):
                    continue
                rows = uow.files.of_batch(batch.id)
                sent = (row for row in rows if not row.parent_id and row.state not in CAME_TO_NOTHING)
                found |= {row.object.sha256: row for row in sent if row.object.sha256 in wanted}
    return found
