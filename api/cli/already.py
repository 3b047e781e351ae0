"""What is in the database already, by content: the reason why running `sohoa digitise` again doubles nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from api.wiring import Sohoa
from storage.model import FileRow, Paper

PAGE = 500


@dataclass(frozen=True, slots=True)
class Known:
    """A file whose bytes were received before, for the same dossier and owner, with what has come of it."""

    file: FileRow
    members: tuple[FileRow, ...]
    """Files that came out of it, if it is an archive."""
    papers: tuple[Paper, ...]


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, lower-case hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def known_files(sohoa: Sohoa, hashes: Iterable[str], *, dossier: str, owner: str) -> dict[str, Known]:
    """Of these hashes, those received before in a batch of the same dossier and owner; the earliest receipt of each."""
    wanted = set(hashes)
    found: dict[str, Known] = {}
    with sohoa.database.read() as uow:
        offset = 0
        while batches := uow.batches.latest(PAGE, offset):
            offset += len(batches)
            for batch in batches:
                if (batch.dossier, batch.owner) != (dossier, owner):
                    continue
                rows = uow.files.of_batch(batch.id)
                for row in rows:
                    if row.object.sha256 in wanted and not row.parent_id:
                        members = tuple(other for other in rows if other.parent_id == row.id)
                        papers = tuple(paper for part in (row, *members) for paper in uow.papers.of_file(part.id))
                        found[row.object.sha256] = Known(row, members, papers)
    return found
