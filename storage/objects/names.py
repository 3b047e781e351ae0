"""How objects are named, in every store alike."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from ingest.model import Sha256
from storage.errors import ObjectMissing

_SHA256 = re.compile(r"[0-9a-f]{64}")


def key_of(sha256: str) -> str:
    """`objects/ab/cd/abcd…`. What is no SHA-256 names no object (ObjectMissing), so no name leads out of the store."""
    if not _SHA256.fullmatch(sha256):
        raise ObjectMissing(sha256=sha256[:64])
    return f"objects/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def sha256_of(path: Path, chunk_bytes: int) -> Sha256:
    """The hash of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(chunk_bytes):
            digest.update(chunk)
    return Sha256(digest.hexdigest())
