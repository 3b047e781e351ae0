"""Bug: a file leaves the hot folder before its row is committed."""

from __future__ import annotations

import io

from api.hot.claims import Claim
from api.hot.watcher import Watcher
from api.intake.receiving import Intake
from storage.model import FileRow


def plant() -> None:
    """Replace `Watcher._receive`."""
    Watcher._receive = _receive  # type: ignore[method-assign] # noqa: SLF001 - a planted bug


def _receive(self: Watcher, claim: Claim) -> FileRow:
    data = claim.file.read_bytes()
    claim.file.unlink()
    intake = Intake(self._sohoa)
    intake.create_batch(actor="may-quet", automatic=True, batch_id=claim.batch)
    return intake.receive(claim.batch, claim.name, io.BytesIO(data), actor="may-quet")
