"""Rounds of review: the draw, the second person, blind keying, the budget that stops a batch, the corrected type."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.access.errors import DutiesApart
from api.access.four_eyes import done_on
from api.access.options import AccessOptions
from api.access.permissions import Role
from api.access.tokens import issue
from api.intake.receiving import Intake
from api.pipeline.engine import Pipeline
from api.refusals import BadValue, NotWaiting, ReasonMissing
from api.review.desk import ReviewDesk
from api.review.figures import figures
from api.review.leases import LeaseDesk
from api.review.refusals import HeldByOther, SecondPersonNeeded
from api.review.rounds import settle_all
from api.review.worklist import Beside, WorklistDesk
from api.web.review_shapes import paper_shown
from api.wiring import Sohoa
from ocr.fields.types import catalogue
from ocr.model import DecisionKind
from ocr.options import SamplingOptions
from storage.errors import Conflict, NotFound
from storage.model import Paper, PaperState, Priority, StepKind, StepState
from storage.records.unit_of_work import UnitOfWork
from storage.review import ErrorStep, RoundState, WorklistQuery
from tests.unit.api.test_web_pages import csrf_in
from tests.world.door import Door, open_door
from tests.world.product import sohoa_in
from tests.world.waiting import put_waiting

ALL = SamplingOptions(percent=100, least_checked=5, budget_percent=10)


@contextmanager
def office(data_dir: Path, count: int = 1, sampling: SamplingOptions = ALL, **about: Any) -> Iterator[tuple[Sohoa, list[Paper]]]:
    with sohoa_in(data_dir, sampling=sampling) as sohoa:
        yield sohoa, put_waiting(sohoa, count, boxes=0, **about)


def right(sohoa: Sohoa, paper_id: str, **changes: str) -> dict[str, str]:
    """What stands there now, changed so."""
    with sohoa.database.read() as uow:
        machine = {field.name: field.value for field in uow.fields.of_paper(paper_id)}
        decided = {name: one.value for name, one in uow.fields.current(paper_id).items()}
    return machine | decided | changes


def finish(sohoa: Sohoa, paper_id: str, who: str, **changes: str) -> Paper:
    with sohoa.database.read() as uow:
        version = uow.papers.get(paper_id).version
    return ReviewDesk(sohoa).finish(paper_id, right(sohoa, paper_id, **changes), version=version, actor=who)


def state(sohoa: Sohoa, paper_id: str) -> tuple[PaperState, str]:
    with sohoa.database.read() as uow:
        paper = uow.papers.get(paper_id)
    return paper.state, paper.reason_code


def test_who_scanned_a_paper_does_not_confirm_it_where_these_duties_are_apart(tmp_path: Path) -> None:
    with sohoa_in(tmp_path / "data", access=AccessOptions(apart=("scan/review",))) as sohoa:
        (paper,) = put_waiting(sohoa, 1, boxes=0)
        with sohoa.database.read() as uow:
            scanner = uow.batches.get(paper.batch_id).actor
        assert WorklistDesk(sohoa, scanner).take_next(WorklistQuery()) is None
        with pytest.raises(DutiesApart):
            LeaseDesk(sohoa).take(paper.id, scanner)
        with pytest.raises(DutiesApart):
            finish(sohoa, paper.id, scanner)
        assert finish(sohoa, paper.id, "minh").state is PaperState.WORKING


def test_a_drawn_paper_is_checked_by_another_person(tmp_path: Path) -> None:
    with office(tmp_path / "data") as (sohoa, (paper,)):
        assert finish(sohoa, paper.id, "lan", title="QUYẾT ĐỊNH").state is PaperState.REVIEW
        assert state(sohoa, paper.id) == (PaperState.REVIEW, "api.review.second_look")
        assert WorklistDesk(sohoa, "lan").take_next(WorklistQuery()) is None
        with pytest.raises(SecondPersonNeeded):
            finish(sohoa, paper.id, "lan")
        with pytest.raises(SecondPersonNeeded):
            LeaseDesk(sohoa).take(paper.id, "lan")
        lease = WorklistDesk(sohoa, "minh").take_next(WorklistQuery(round=2))
        assert lease is not None
        assert finish(sohoa, paper.id, "minh", place="Cửu Long").state is PaperState.WORKING
        with sohoa.database.read() as uow:
            step = uow.steps.find(StepKind.CONFIRM, paper.id)
            assert step is not None
            assert step.state is StepState.DONE
            assert uow.steps.find(StepKind.CODE, paper.id) is not None
            assert uow.fields.current(paper.id)["place"].by == "minh"
            assert {one.by for one in uow.fields.decisions(paper.id)} == {"lan", "minh"}
        found = figures(sohoa)
        (person,) = found.by_person
        assert (person.key, person.errors) == ("lan", 1)
        engine = next(rate for rate in found.by_step if rate.key == ErrorStep.ENGINE)
        assert engine.errors == 1, "the misread title"
        assert figures(sohoa, reach="H99").by_step == ()


def test_typed_blindly_a_difference_is_shown_and_counted(tmp_path: Path) -> None:
    with office(tmp_path / "data", sampling=SamplingOptions(percent=100, blind=True)) as (sohoa, (paper,)):
        finish(sohoa, paper.id, "lan")
        kept = right(sohoa, paper.id)["place"]
        assert finish(sohoa, paper.id, "minh", place="Cừu Phong").state is PaperState.REVIEW
        with sohoa.database.read() as uow:
            assert uow.review_rounds.get(paper.id).keyed["place"] == "Cừu Phong"
            assert uow.fields.current(paper.id)["place"].value == kept
            shown = paper_shown(sohoa, uow.papers.get(paper.id), "vi")
        assert [(field.view.name, field.value, field.first) for field in shown.fields if field.first] == [
            ("place", "Cừu Phong", kept)
        ]
        assert shown.fields[0].view.name == "place", "what differs comes first"
        assert finish(sohoa, paper.id, "minh").state is PaperState.WORKING, "the first person was right"
        (person,) = figures(sohoa).by_person
        assert (person.errors, person.keyed_differs) == (0, 1)


def test_a_batch_with_too_many_errors_goes_back_to_round_one(tmp_path: Path) -> None:
    with office(tmp_path / "data", 3) as (sohoa, papers):
        one, two, three = (paper.id for paper in papers)
        finish(sohoa, one, "lan")
        finish(sohoa, two, "lan")
        finish(sohoa, one, "minh", place="a", issuer="b", number="1/QĐ-UBND")
        assert state(sohoa, one)[0] is PaperState.WORKING
        assert state(sohoa, two) == state(sohoa, three) == (PaperState.REVIEW, "api.review.batch_stopped")
        with sohoa.database.read() as uow:
            assert uow.review_rounds.get(two).whole
            assert uow.review_rounds.get(two).round == 1
            stopped = [entry for entry in uow.ledger.entries(subject=papers[0].batch_id) if entry.event == "review.batch_stopped"]
        assert stopped[0].details["papers_back"] == 2
        assert [stop.errors for stop in figures(sohoa).stops] == [3]
        finish(sohoa, two, "lan")
        assert state(sohoa, two) == (PaperState.REVIEW, "api.review.second_look"), "drawn again after its second first round"


def test_bulk_papers_wait_until_the_drawn_ones_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with office(tmp_path / "data", 3, bulk=True) as (sohoa, papers):
        one, two, three = (paper.id for paper in papers)
        monkeypatch.setattr("api.review.rounds.drawn", lambda paper_id, _: paper_id in {one, three})
        finish(sohoa, two, "lan")
        assert state(sohoa, two) == (PaperState.REVIEW, "api.review.batch_under_check")
        with pytest.raises(NotWaiting):
            LeaseDesk(sohoa).take(two, "minh")
        finish(sohoa, one, "lan")
        finish(sohoa, one, "minh")
        assert state(sohoa, two)[0] is PaperState.REVIEW, "another drawn paper is still to be checked"
        with sohoa.database.read() as uow:
            version = uow.papers.get(three).version
        ReviewDesk(sohoa).send_back(three, reason="mờ", version=version, actor="lan")
        assert state(sohoa, two) == (PaperState.WORKING, "")
        assert settle_all(sohoa) == 0


def test_what_the_rule_decided_is_drawn_too(tmp_path: Path) -> None:
    with office(tmp_path / "data", automatic=True) as (sohoa, (paper,)):
        with sohoa.database.transaction() as uow:
            step = uow.steps.find(StepKind.CONFIRM, paper.id)
            assert step is not None
            uow.papers.update(paper.id, state=PaperState.WORKING)
            uow.steps.retry(step.id)
        pipeline = Pipeline(sohoa)
        pipeline.work(frozenset({StepKind.CONFIRM}))
        assert state(sohoa, paper.id) == (PaperState.REVIEW, "api.review.second_look")
        finish(sohoa, paper.id, "minh", place="a")
        pipeline.close()
        rates = {rate.key: rate for rate in figures(sohoa).by_step}
        assert rates[ErrorStep.AUTOMATIC].errors == 1
        with sohoa.database.read() as uow:
            assert uow.review_rounds.get(paper.id).state is RoundState.PASSED


def test_a_corrected_type_is_extracted_anew_by_the_pipeline(tmp_path: Path) -> None:
    with office(tmp_path / "data", sampling=SamplingOptions()) as (sohoa, (paper,)):
        desk = ReviewDesk(sohoa)
        with pytest.raises(Conflict):
            desk.retype(paper.id, "generic", version=paper.version + 1, actor="lan")
        desk.retype(paper.id, "generic", version=paper.version, actor="lan")
        assert state(sohoa, paper.id)[0] is PaperState.WORKING
        pipeline = Pipeline(sohoa)
        assert pipeline.work(frozenset({StepKind.FIELDS}))
        pipeline.close()
        with sohoa.database.read() as uow:
            after = uow.papers.get(paper.id)
            assert (after.state, after.paper_type, after.type_confidence) == (PaperState.REVIEW, "generic", 1.0)
            names = {field.name for field in uow.fields.of_paper(paper.id)}
            assert names <= {spec.name for spec in catalogue()["generic"].fields}
            (history,) = uow.fields.decisions(paper.id)
            assert (history.kind, history.value, history.by) == (DecisionKind.RETYPED, "generic", "lan")
        assert finish(sohoa, paper.id, "lan").state is PaperState.WORKING


def test_who_lost_the_paper_cannot_save_it(tmp_path: Path) -> None:
    with office(tmp_path / "data", sampling=SamplingOptions()) as (sohoa, (paper,)):
        desk = LeaseDesk(sohoa)
        desk.take(paper.id, "lan")
        with pytest.raises(HeldByOther, match="lan"):
            desk.take(paper.id, "minh")
        with pytest.raises(HeldByOther):
            finish(sohoa, paper.id, "minh")
        with pytest.raises(ReasonMissing):
            desk.take_over(paper.id, "minh", " ")
        desk.take_over(paper.id, "minh", "lan đã về")
        with pytest.raises(HeldByOther):
            desk.keep(paper.id, "lan")
        with pytest.raises(HeldByOther):
            finish(sohoa, paper.id, "lan")
        with sohoa.database.read() as uow:
            noted = [entry for entry in uow.ledger.entries(subject=paper.id) if entry.event == "review.taken_over"]
        assert [(entry.actor, entry.details) for entry in noted] == [("minh", {"from": "lan", "reason": "lan đã về"})]
        assert finish(sohoa, paper.id, "minh").state is PaperState.WORKING
        with pytest.raises(NotWaiting):
            desk.keep(paper.id, "minh")
        with pytest.raises(NotFound):
            LeaseDesk(sohoa, "H99").take(paper.id, "lan")


def test_a_day_that_does_not_exist_is_refused_with_its_field(tmp_path: Path) -> None:
    with office(tmp_path / "data", sampling=SamplingOptions()) as (sohoa, (paper,)), pytest.raises(BadValue) as refused:
        finish(sohoa, paper.id, "lan", valid_from="31/02/2025")
    assert refused.value.params["name"] == "valid_from"


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with open_door(tmp_path / "data", sampling=SamplingOptions(percent=100, blind=True)) as opened:
        put_waiting(opened.sohoa, 2, boxes=0)
        yield opened


def test_pages_without_any_script(door: Door) -> None:
    lan = door.browser()
    first = lan.get("/review/next")
    assert "Văn bản hành chính" in first.text
    assert "<image href=" in first.text
    paper = first.url.path.rpartition("/")[2]
    token = issue(door.sohoa.database, "minh", Role.REVIEWER, unit=door.sohoa.settings.unit)
    minh = door.browser()
    minh.get(f"/?token={token}")
    listed = minh.get("/review").text
    assert "demo-clerk" in listed
    instead = minh.get(f"/review/{paper}")
    assert instead.url.path != f"/review/{paper}"
    assert "đang do demo-clerk xác nhận" in instead.text
    held = minh.get(f"/review/{paper}/held")
    form = {"csrf": csrf_in(held.text), "reason": "chị Lan nghỉ"}
    assert minh.post(f"/review/{paper}/take-over", data=form).url.path == f"/review/{paper}"
    again = lan.get(f"/review/{paper}", params={"lang": "vi"})
    assert "Giấy tờ đang có người giữ" in again.text, "the other paper is Minh's too"
    shown = minh.get(f"/review/{paper}").text
    values = {f"field.{name}": value for name, value in right(door.sohoa, paper).items()}
    form = {"csrf": csrf_in(shown), "version": "1", "place.title": "0 10 20 30 40"} | values
    with door.sohoa.database.read() as uow:
        form["version"] = str(uow.papers.get(paper).version)
    assert minh.post(f"/review/{paper}", data=form | {"place.title": "0 a"}).status_code == 422
    minh.post(f"/review/{paper}", data=form)
    with door.sohoa.database.read() as uow:
        place = uow.fields.current(paper)["title"].evidence[0]
    assert (place.page, place.box.x0, place.box.y1) == (0, 10, 40)
    blind = lan.get(f"/review/{paper}").text
    assert "Kết quả vòng 1 được giấu" in blind
    assert "Cửu Phong" not in blind


def test_over_http(door: Door) -> None:
    clerk, admin = door.client(Role.CLERK), door.client(Role.ADMIN)
    listed = clerk.get("/v1/review/worklist").json()
    paper = listed["waiting"][0]["paper"]["id"]
    assert listed["total"] == 2
    lease = clerk.post(f"/v1/papers/{paper}/lease", json={}).json()
    assert lease["holder"] == "demo-clerk"
    assert clerk.put(f"/v1/papers/{paper}/lease").json()["token"] == lease["token"]
    assert admin.post(f"/v1/papers/{paper}/lease", json={}).status_code == 409
    assert admin.get("/v1/review/worklist").json()["waiting"][0]["lease"] == {
        "holder": "demo-clerk", "ends_at": listed_end(admin, 0), "token": "",
    }  # fmt: skip
    assert admin.post(f"/v1/papers/{paper}/lease", json={"reason": "nghỉ"}).status_code == 200
    assert clerk.delete(f"/v1/papers/{paper}/lease", params={"token": lease["token"]}).status_code == 204
    assert admin.put(f"/v1/papers/{paper}/lease").status_code == 200
    assert clerk.post(f"/v1/papers/{paper}/type", json={"version": 0, "paper_type": "none"}).status_code == 422
    assert clerk.get("/v1/review/figures").status_code == 403
    assert admin.get("/v1/review/figures").json()["by_step"] == []
    assert "Tỷ lệ sai" in door.browser(Role.AUDITOR).get("/error-rates").text


def listed_end(client: Any, place: int) -> str:
    return str(client.get("/v1/review/worklist").json()["waiting"][place]["lease"]["ends_at"])


def test_the_worklist_passes_over_what_four_eyes_keep_away_and_looks_without_keeping_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sohoa_in(tmp_path / "data", access=AccessOptions(apart=("scan/review",))) as sohoa:
        own = Intake(sohoa).create_batch(actor="lan", priority=Priority.COUNTER, automatic=False).id
        first, mine, second = (put_waiting(sohoa, 1, boxes=0, batch_id=batch_id)[0] for batch_id in ("", own, ""))
        desk = WorklistDesk(sohoa, "lan")
        assert desk.beside(WorklistQuery(), first.id) == Beside("", second.id)
        assert desk.beside(WorklistQuery(), second.id) == Beside(first.id, first.id)
        looked: list[str] = []

        def slow(uow: UnitOfWork, paper_id: str, batch_id: str) -> Any:
            if paper_id not in looked:
                looked.append(paper_id)
            if looked == [mine.id]:
                LeaseDesk(sohoa).take(first.id, "minh")  # fails while somebody else is writing
            return done_on(uow, paper_id, batch_id)

        monkeypatch.setattr("api.review.worklist.done_on", slow)
        lease = desk.take_next(WorklistQuery(), prefer=mine.id)
        assert (lease is not None and lease.paper_id, looked) == (second.id, [mine.id, first.id, second.id])
