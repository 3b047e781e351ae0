"""Judging an uploaded file in a child process; it is deleted before the answer leaves."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from api.intake import spool
from api.refusals import FileTooLarge
from api.wiring import Sohoa
from ingest.names import safe_name
from signing.model import FileVerdict
from signing.trust import TrustStore
from signing.verify import verify


def verify_upload(sohoa: Sohoa, stream: BinaryIO, name: str) -> FileVerdict:
    """The verdict on the bytes of `stream` under the configured trust; raises FileTooLarge or the box's errors."""
    limit = sohoa.settings.intake.max_file_bytes
    with tempfile.TemporaryDirectory(dir=sohoa.settings.data_dir / "tmp") as folder:
        path = Path(folder) / "upload"
        spool(stream, path, limit, lambda: FileTooLarge(limit_mib=limit // 1024**2))
        return sohoa.box.run(_verify, str(path), sohoa.signatories.trust(), safe_name(name))


def _verify(path: str, trust: TrustStore, name: str, now: datetime | None = None) -> FileVerdict:
    """`signing.verify.verify` with arguments a box can pass."""
    return verify(Path(path), trust, now=now, name=name)
