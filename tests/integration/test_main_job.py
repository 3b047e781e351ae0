"""The main job on the embedded default: painted papers go in; sealed, valid, findable records come out."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from api.demo.samples import paint_dossier
from api.pipeline.records import EVIDENCE
from api.review.desk import ReviewDesk
from api.review.worklist import WorklistDesk
from api.wiring import Sohoa
from ocr.model import DecisionKind
from signing.model import Indication
from signing.verify import verify
from storage.finding import SearchQuery
from storage.model import PaperState, Record
from storage.review import WorklistQuery
from tests.world.product import digitise, send, sohoa_in
from tests.world.quick_pages import quick_pages
from tests.world.verapdf import validate

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    return paint_dossier(tmp_path_factory.mktemp("dossier"))


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory, dossier: tuple[Path, ...]):
    with sohoa_in(tmp_path_factory.mktemp("data")) as sohoa:
        batch, progress = digitise(sohoa, *dossier, dossier="H61.001.01-261123-0001")
        yield sohoa, batch, progress


@pytest.fixture(scope="module")
def sealed(done, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    sohoa, _, _ = done
    folder = tmp_path_factory.mktemp("sealed")
    files = {}
    for record in records(sohoa):
        files[record.code] = folder / f"{record.sealed.sha256}.pdf"
        sohoa.objects.fetch(record.sealed.sha256, files[record.code])
    return files


def records(sohoa: Sohoa) -> tuple[Record, ...]:
    with sohoa.database.read() as uow:
        return uow.records.latest(limit=100)


def test_every_paper_ends_done_with_its_own_code(done) -> None:
    sohoa, batch, progress = done
    with sohoa.database.read() as uow:
        papers = uow.papers.of_batch(batch.id)
    assert progress.files_refused == 0
    assert {paper.state for paper in papers} == {PaperState.DONE}
    assert len({paper.code for paper in papers}) == len(papers) == len(records(sohoa))


def test_sealed_copies_pass_our_own_verification(done, sealed: dict[str, Path]) -> None:
    sohoa, _, _ = done
    verdicts = {code: verify(path, sohoa.signatories.trust()) for code, path in sealed.items()}
    assert {code: verdict.indication for code, verdict in verdicts.items()} == dict.fromkeys(sealed, Indication.PASSED)


def test_outside_judges_agree(sealed: dict[str, Path]) -> None:
    for path in sealed.values():
        said = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout
        assert "Signature is Valid." in said, said
        assert "Total document signed" in said, said
        subprocess.run(["qpdf", "--check", str(path)], capture_output=True, check=True)
    assert set(map(tuple, validate(tuple(sealed.values())).values())) == {()}


def test_records_are_found_by_their_words_with_and_without_diacritics(done) -> None:
    sohoa, _, _ = done
    with sohoa.database.read() as uow:
        for words in ("quyết định", "quyet dinh", "QUYET DINH"):
            assert uow.search.find(SearchQuery(words=words)).total >= 1, words


def test_evidence_stands_beside_the_copy(done) -> None:
    sohoa, _, _ = done
    for record in records(sohoa):
        evidence = EVIDENCE.validate_json(sohoa.objects.read_bytes(record.evidence.sha256))
        assert evidence.code == record.code
        assert len(evidence.pages) == record.pages
        assert evidence.sealed == record.sealed
        assert all(0 <= word.confidence <= 1 for page in evidence.pages for line in page.text.lines for word in line.words)
        assert {decision.kind for decision in evidence.decisions} <= {DecisionKind.AUTOMATIC, DecisionKind.EMPTY}
        assert all(decision.by.startswith("auto:") for decision in evidence.decisions)
        assert json.dumps(evidence.paper_type)


def test_originals_are_kept_byte_for_byte(done, dossier: tuple[Path, ...]) -> None:
    sohoa, batch, _ = done
    with sohoa.database.read() as uow:
        kept = {row.name: row.object.sha256 for row in uow.files.of_batch(batch.id)}
    for path in dossier:
        assert sohoa.objects.read_bytes(kept[path.name]) == path.read_bytes()


def test_every_step_is_in_the_ledger(done) -> None:
    sohoa, batch, _ = done
    on_pages = {"paper.created", "page.read"}
    wanted = on_pages | {"paper.sealed", "paper.classified", "fields.extracted", "code.issued", "record.stored"}
    with sohoa.database.read() as uow:
        assert uow.ledger.verify().ok
        for paper in uow.papers.of_batch(batch.id):
            assert wanted <= {entry.event for entry in uow.journal.of_paper(paper.id)}


def test_a_person_has_the_last_word(tmp_path: Path) -> None:
    scan = quick_pages(tmp_path / "one.tif", count=1)
    with sohoa_in(tmp_path / "data") as sohoa:
        batch, progress = digitise(sohoa, scan, automatic=False)
        assert (progress.papers_review, progress.papers_done) == (1, 0)
        desk = ReviewDesk(sohoa)
        ((paper,), _) = WorklistDesk(sohoa, "reviewer").find(WorklistQuery())
        paper = paper.paper
        desk.finish(paper.id, {"number": "12/QĐ-UBND"}, version=paper.version, actor="reviewer")
        digitise_rest(sohoa, batch.id)
        (record,) = records(sohoa)
        assert record.number == "12/QĐ-UBND"
        evidence = EVIDENCE.validate_json(sohoa.objects.read_bytes(record.evidence.sha256))
        assert [(decision.field, decision.by) for decision in evidence.decisions] == [("number", "reviewer")]


def digitise_rest(sohoa: Sohoa, batch_id: str) -> None:
    from api.worker.embedded import EmbeddedWorker

    with EmbeddedWorker(sohoa) as worker:
        worker.wait_for(batch_id)


def test_sending_again_doubles_nothing(tmp_path: Path) -> None:
    scan = quick_pages(tmp_path / "one.tif", count=1)
    with sohoa_in(tmp_path / "data") as sohoa:
        batch = send(sohoa, scan, scan)
        with sohoa.database.read() as uow:
            assert len(uow.files.of_batch(batch.id)) == 1
