"""A batch is held for a look, its pages are put right while the machine works, one is scanned again; only then it is signed."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from api.intake.receiving import Intake
from api.pages.desk import PageDesk
from api.pages.rescans import Rescans
from api.pipeline.records import EVIDENCE
from api.records.export import export
from api.wiring import Sohoa
from api.worker.embedded import EmbeddedWorker
from storage.arranging import OrderKind
from storage.model import Paper, PaperState
from tests.world.product import sohoa_in
from tests.world.quick_pages import DPI, quick_page

pytestmark = pytest.mark.slow
ACTOR = "clerk"


def scan_of(*pages: Image.Image) -> io.BytesIO:
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], compression="group4", dpi=(DPI, DPI))
    return io.BytesIO(out.getvalue())


def only_paper(sohoa: Sohoa, batch_id: str) -> Paper:
    with sohoa.database.read() as uow:
        (paper,) = uow.papers.of_batch(batch_id)
    return paper


def page_ids(sohoa: Sohoa, paper: Paper) -> list[str]:
    with sohoa.database.read() as uow:
        return [row.id for row in uow.pages.of_paper(paper.id)]


def test_hold_turn_leave_out_scan_again_release(tmp_path: Path) -> None:
    upside_down = quick_page(2).rotate(180)
    spoilt = quick_page(3, "Trang mờ số")
    with sohoa_in(tmp_path / "data") as sohoa, EmbeddedWorker(sohoa) as worker:
        intake, desk = Intake(sohoa), PageDesk(sohoa)
        batch = intake.create_batch(actor=ACTOR, automatic=True, hold=True)
        stack = scan_of(quick_page(1), upside_down, spoilt, quick_page(1))
        intake.receive(batch.id, "chong giay.tif", stack, actor=ACTOR)
        worker.wait_for(batch.id)
        paper = only_paper(sohoa, batch.id)
        assert (paper.state, paper.sealed, paper.pages) == (PaperState.HELD, None, 4)
        first, second, third, fourth = page_ids(sohoa, paper)
        desk.leave_out(paper.id, [fourth], "quét trùng trang 1", seen=0, actor=ACTOR)
        desk.turn(paper.id, [second], 90, seen=1, actor=ACTOR)
        better = scan_of(quick_page(33))
        Rescans(sohoa).receive(paper.id, third, OrderKind.REPLACE, "trang 3.tif", better, reason="mờ", actor=ACTOR, seen=2)
        worker.wait_for(batch.id)
        arranged = only_paper(sohoa, batch.id)
        assert (arranged.state, arranged.pages, arranged.sealed) == (PaperState.HELD, 3, None)
        assert page_ids(sohoa, paper)[0] == first
        desk.release(paper.id, actor=ACTOR)
        worker.wait_for(batch.id)
        done = only_paper(sohoa, batch.id)
        assert (done.state, done.reason_code) == (PaperState.DONE, "")
        assert done.sealed is not None
        assert done.evidence is not None
        with pikepdf.open(io.BytesIO(sohoa.objects.read_bytes(done.sealed.sha256))) as pdf:
            turns = [int(page.obj.get("/Rotate", 0)) for page in pdf.pages]
        evidence = EVIDENCE.validate_json(sohoa.objects.read_bytes(done.evidence.sha256))
        said = [page.text.text for page in evidence.pages]
        assert len(turns) == 3
        assert evidence.pages[1].text.turn_deg == turns[1]  # the person's turn, not what reads best
        assert evidence.pages[1].facts["turn_fixed"]
        assert ("33" in said[2], "mờ" in "".join(said)) == (True, False)
        assert [one.version for one in evidence.arrangements] == [1, 2, 3]
        assert len({page.original for page in evidence.pages}) == 2
        out = export(sohoa, done.code, tmp_path / "out", actor=ACTOR)
        assert sum(path.name.startswith("original") for path in out.files) == 2
