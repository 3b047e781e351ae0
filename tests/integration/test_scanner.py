"""Scanning through SANE's own `test` device: a stack from the feeder, a jam, what a dead run left behind."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from api.intake.receiving import Intake
from api.scan.errors import ScannerJammed
from api.scan.options import ScanProfile
from api.scan.stack import ScanDesk, choices
from api.wiring import Sohoa
from ingest.identify import identify
from tests.world.product import sohoa_in

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("scanimage") is None, reason="NOT TESTED, no scanimage: apt-get install sane-utils"),
]
FEEDER = "Automatic Document Feeder"
QUICK = ScanProfile(dpi=200, mode="Gray")
SMALL = ("-x", "40", "-y", "50")


@pytest.fixture
def sohoa(tmp_path: Path) -> Iterator[Sohoa]:
    with sohoa_in(tmp_path / "data") as wired:
        yield wired


def pages_of(sohoa: Sohoa, batch_id: str, tmp_path: Path) -> list[int]:
    with sohoa.database.read() as uow:
        rows = uow.files.of_batch(batch_id)
    counts = []
    for row in rows:
        path = tmp_path / row.id
        sohoa.objects.fetch(row.object.sha256, path)
        counts.append(identify(str(path), row.name, sohoa.settings.intake).pages)
    return counts


def test_a_stack_from_the_feeder_and_a_jam(sohoa: Sohoa, tmp_path: Path) -> None:
    assert choices("test")["source"] == ("Flatbed", FEEDER)
    desk, batch, told = ScanDesk(sohoa), Intake(sohoa).create_batch(actor="clerk"), []
    desk.scan(batch.id, "test", QUICK, FEEDER, "clerk", told.append, SMALL)
    assert told == list(range(1, 11))  # the device's feeder is empty after ten
    assert pages_of(sohoa, batch.id, tmp_path) == [10]
    jammed = (*SMALL, "--read-return-value", "SANE_STATUS_JAMMED")
    with pytest.raises(ScannerJammed):  # not one page came
        desk.scan(batch.id, "test", QUICK, FEEDER, "clerk", told.append, jammed)
    assert pages_of(sohoa, batch.id, tmp_path) == [10]


def test_what_a_dead_run_left_behind_is_taken_in(sohoa: Sohoa, tmp_path: Path) -> None:
    batch = Intake(sohoa).create_batch(actor="clerk")
    spool = sohoa.settings.data_dir / "scans" / f"{batch.id}-999999"
    spool.mkdir(parents=True)
    (spool / ".lock").touch()
    for number in (1, 2):
        Image.new("L", (400, 560), 200 + number).save(spool / f"000{number}.tif", dpi=(200, 200))
    (spool / "0003.tif").write_bytes((spool / "0001.tif").read_bytes()[:500])  # broken off
    (row,) = ScanDesk(sohoa).recover("clerk")
    assert (row.batch_id, pages_of(sohoa, batch.id, tmp_path), spool.exists()) == (batch.id, [2], False)
    assert ScanDesk(sohoa).recover("clerk") == ()
