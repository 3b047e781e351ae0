"""First start: a sample dossier of painted papers is digitised, so that there is something to look at."""

from __future__ import annotations

import tempfile
from pathlib import Path

from api.demo.samples import paint_dossier
from api.intake.receiving import Intake
from api.wiring import Sohoa
from storage.model import Batch, Priority

DOSSIER = "H61.001.01-261123-0001"
"""An invented dossier code in the new grammar."""
ACTOR = "demo-clerk"


def digitise_sample(sohoa: Sohoa) -> Batch | None:
    """Send the sample dossier through the main job; None (and nothing happens) when there is any batch already."""
    with sohoa.database.read() as uow:
        if uow.batches.latest(limit=1):
            return None
    intake = Intake(sohoa)
    with tempfile.TemporaryDirectory(dir=sohoa.settings.data_dir / "tmp") as folder:
        paths = paint_dossier(Path(folder))
        batch = intake.create_batch(actor=ACTOR, dossier=DOSSIER, priority=Priority.BULK, automatic=True)
        for path in paths:
            with path.open("rb") as stream:
                intake.receive(batch.id, path.name, stream, actor=ACTOR)
    return batch
