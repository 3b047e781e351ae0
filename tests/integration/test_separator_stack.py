"""A stack of forty papers between printed separator sheets, one of them unreadable: each paper is filed, none merges unseen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image

from api.dossiers.checks import NewDossier
from api.dossiers.desk import DossierDesk
from api.dossiers.errors import FiledAlready, FiledByHand
from api.dossiers.held_papers import place
from api.dossiers.separator_sheets import sheets_for, write
from api.dossiers.sheet import sheet_of
from api.intake.attention import AttentionDesk
from api.intake.receiving import Intake
from api.pipeline.engine import Pipeline
from api.wiring import Sohoa
from ingest.separator_codes import read
from ingest.separators import UNREADABLE, mark
from signing.report import VIETNAM
from storage.errors import NotFound
from storage.model import PaperState, StepKind, StepState
from tests.world.product import sohoa_in
from tests.world.quick_pages import quick_page
from tests.world.sheets import as_scanned, between, stack, torn

COUNT, TORN = 40, 17
OWNER = "079085000003"
CODE = f"H00-{datetime.now(VIETNAM):%y%m%d}-0040"
SPLITTING = frozenset({StepKind.IDENTIFY, StepKind.SPLIT})


@pytest.fixture(scope="module")
def sohoa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sohoa]:
    with sohoa_in(tmp_path_factory.mktemp("stack") / "data") as product:
        desk = DossierDesk(product)
        desk.open(NewDossier(CODE, "1.001612", OWNER, "Nguyễn Văn Thử"), actor="clerk")
        for number in range(4, COUNT + 1):
            desk.add_component(CODE, f"KHAC.{number:02d}", f"Giấy tờ kèm theo {number}", actor="clerk")
        yield product


@pytest.fixture(scope="module")
def printed(sohoa: Sohoa, tmp_path_factory: pytest.TempPathFactory) -> list[Image.Image]:
    """The forty sheets as a scanner sees them, at the resolution at which codes are read."""
    sheets = sheets_for(sheet_of(sohoa, CODE, ""), stack="abcd1234")
    assert [one.number for one in sheets] == list(range(1, COUNT + 1))
    path = tmp_path_factory.mktemp("print") / "sheets.pdf"
    write(sheets, datetime.now(VIETNAM), path)
    pages = as_scanned(path)
    assert len(pages) == COUNT
    return pages


def split(sohoa: Sohoa, path: Path) -> str:
    """The batch of a file that was taken in, identified and split, and no more."""
    intake = Intake(sohoa)
    batch = intake.create_batch(actor="clerk")
    with path.open("rb") as stream:
        intake.receive(batch.id, path.name, stream, actor="clerk")
    pipeline = Pipeline(sohoa)
    while pipeline.work(SPLITTING):
        pass
    pipeline.close()
    return batch.id


def test_sheets_are_read_as_they_are_printed(printed: list[Image.Image]) -> None:
    facts = read(printed[1])
    assert facts == {
        "dossier": CODE, "component": "TP.001612.02", "type": "identity_card", "owner": OWNER, "stack": "abcd1234", "sheet": "2",
        "of": str(COUNT),
    }  # fmt: skip
    assert "owner" not in (read(printed[2]) or {}), "the place of business may be another person's"
    assert read(printed[1].rotate(180)) == facts
    assert read(torn(printed[TORN - 1])) == {UNREADABLE: str(TORN)}
    assert mark(TORN).endswith(str(TORN))


def test_forty_papers_are_filed_and_the_one_behind_the_torn_sheet_waits(
    sohoa: Sohoa, printed: list[Image.Image], tmp_path: Path
) -> None:
    batch = split(sohoa, stack(tmp_path / "stack.tif", between(printed, torn_at=TORN)))
    with sohoa.database.read() as uow:
        papers, [line] = uow.papers.of_batch(batch), uow.steps.attention(batch)
        parts = [part.code for part in uow.dossiers.components(CODE)]
        held = papers[TORN - 1]
        assert uow.steps.find(StepKind.FILE, held.id).state is StepState.FAILED
        assert [step.kind for step in uow.steps.of_paper(held.id)] == [StepKind.FILE], "nothing is read of it yet"
    assert len(papers) == COUNT
    assert {paper.pages for paper in papers} == {1}
    assert [paper.component for paper in papers if paper is not held] == parts[: TORN - 1] + parts[TORN:]
    assert {paper.dossier for paper in papers if paper is not held} == {CODE}
    assert (held.state, held.component, held.owner) == (PaperState.ATTENTION, "", "")
    assert (line.paper_id, line.error_code, line.error_params) == (held.id, "ingest.sheet_unreadable", {"page": 2 * TORN})
    desk = AttentionDesk(sohoa)
    with pytest.raises(FiledByHand):
        desk.retry(line.step_id, actor="clerk")
    with pytest.raises(NotFound):
        place(sohoa, held.id, dossier=CODE, component="none", reach="", actor="clerk")
    with pytest.raises(NotFound):
        place(sohoa, held.id, dossier=CODE, component=parts[TORN - 1], reach="H99", actor="clerk")
    placed = place(sohoa, held.id, dossier=CODE.lower(), component=parts[TORN - 1], reach="", actor="clerk")
    assert (placed.state, placed.dossier, placed.component) == (PaperState.WORKING, CODE, parts[TORN - 1])
    with pytest.raises(FiledAlready):
        place(sohoa, held.id, dossier=CODE, component=parts[0], reach="", actor="clerk")
    with sohoa.database.read() as uow:
        assert uow.steps.attention(batch) == ()
        assert {step.kind for step in uow.steps.of_paper(held.id)} == {StepKind.FILE, StepKind.READ}


def test_a_sheet_that_is_not_there_at_all_is_missed(sohoa: Sohoa, printed: list[Image.Image], tmp_path: Path) -> None:
    pages = [
        page.convert("1") for number in (1, 3) for page in (printed[number - 1], quick_page(number), quick_page(number + 50))
    ]
    batch = split(sohoa, stack(tmp_path / "gap.tif", pages))
    with sohoa.database.read() as uow:
        papers, [line] = uow.papers.of_batch(batch), uow.steps.attention(batch)
    assert [paper.state for paper in papers] == [PaperState.ATTENTION, PaperState.WORKING]
    assert (line.error_code, line.error_params) == ("ingest.sheet_missing", {"sheet": 2, "page": 2, "last": 3})
    AttentionDesk(sohoa).give_up(line.step_id, reason="quét lại", actor="clerk")
