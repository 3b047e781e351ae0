"""A page with a mark of state secrecy stops its paper: nothing of it is kept, shown or sealed until somebody says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest

from api.access.permissions import Role
from api.access.secrecy_errors import SecretMarked
from api.pipeline import pages as reading
from api.pipeline.engine import Pipeline
from api.pipeline.facts import PAGE_TEXT
from ocr.model import Box, SecrecyLevel, SecrecyMark
from storage.model import PageRow, Paper, PaperState, StepKind, StepState
from storage.secrecy import SecrecyHold
from tests.world.door import Door, open_door, put_paper, put_record

REASON = {"reason": "Chữ in trên bìa mẫu"}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("secrets"), unit="H00") as opened:
        yield opened


@pytest.fixture
def stopped(door: Door, monkeypatch: pytest.MonkeyPatch) -> Paper:
    """A paper whose one page was read and bears a mark."""
    paper = put_paper(door.sohoa, state=PaperState.WORKING)
    with door.sohoa.database.transaction() as uow:
        row = uow.pages.of_paper(paper.id)[0]
        assert row.text is not None
        text = PAGE_TEXT.validate_json(door.sohoa.objects.read_bytes(row.text.sha256))
        batch = uow.batches.get(paper.batch_id)
        page = PageRow(uuid4().hex, paper.id, paper.file_id, 1, row.image, row.facts, None)
        uow.pages.add(page)
        uow.steps.add(StepKind.READ, page.id, batch=batch, file_id=paper.file_id, paper_id=paper.id)
    marked = replace(text, secrecy=SecrecyMark(SecrecyLevel.TOI_MAT, framed=True, box=Box(1, 1, 50, 20)))
    monkeypatch.setattr(reading, "read_page", lambda *_: marked)
    work(door)
    with door.sohoa.database.read() as uow:
        return uow.papers.get(paper.id)


def work(door: Door) -> None:
    pipeline = Pipeline(door.sohoa)
    while pipeline.work(frozenset({StepKind.READ})):
        pass
    pipeline.close()


def line_of(door: Door, paper: Paper, role: Role = Role.CLERK) -> dict[str, object]:
    lines = door.client(role).get("/v1/attention", params={"batch": paper.batch_id}).json()
    found: dict[str, object] = next(line for line in lines if line["paper_id"] == paper.id)
    return found


def test_the_paper_stops_and_a_person_is_told_in_plain_words(door: Door, stopped: Paper) -> None:
    assert (stopped.state, stopped.reason_code) == (PaperState.ATTENTION, SecretMarked.code)
    line = line_of(door, stopped)
    assert line["actions"] == ["give_up"]
    assert line["secret_page"] == 1
    reason = line["reason"]
    assert isinstance(reason, dict)
    assert "Trang 2 có dấu chỉ độ mật «TỐI MẬT»" in reason["message"]
    with door.sohoa.database.read() as uow:
        assert uow.pages.of_paper(stopped.id)[1].text is None
        events = [entry.event for entry in uow.journal.of_paper(stopped.id)]
        assert {step.state for step in uow.steps.of_paper(stopped.id)} == {StepState.FAILED}
    assert "paper.secret_marked" in events
    assert "page.read" not in events


def test_nothing_of_it_is_shown_but_to_whoever_judges(door: Door, stopped: Paper) -> None:
    address = f"/v1/papers/{stopped.id}"
    addresses = [address, f"{address}/fields", f"{address}/pages/0.jpg", f"{address}/pages/1.jpg", f"{address}/pages/0/words"]
    for role in (Role.CLERK, Role.OFFICER, Role.AUDITOR):
        answers = [door.client(role).get(one) for one in addresses]
        assert [(one.status_code, one.json()["code"]) for one in answers] == [(403, "api.secret_withheld")] * 5
    assert door.client(Role.REGISTRAR).get(addresses[3]).status_code == 200
    assert door.browser().get(f"/review/{stopped.id}").status_code == 403


def test_another_record_of_the_same_file_does_not_give_the_file_away(door: Door) -> None:
    record = put_record(door.sohoa)
    address = f"/v1/records/{record.code}"
    with door.sohoa.database.transaction() as uow:
        paper = uow.papers.get(record.paper_id)
        other = replace(paper, id=uuid4().hex, ordinal=1, code="", state=PaperState.ATTENTION)
        uow.papers.add(other)
        uow.secrecy.hold(SecrecyHold(other.id, paper.file_id, 0, SecrecyLevel.MAT, uow.now()))
    client = door.client(Role.OFFICER)
    assert client.get(f"{address}/sealed").status_code == 200
    assert client.get(f"{address}/original").json()["code"] == "api.secret_withheld"
    with door.sohoa.database.transaction() as uow:
        uow.secrecy.clear(other.id, "van-thu", "mẫu")
    assert client.get(f"{address}/original").status_code == 200


def test_only_who_may_says_that_it_was_a_false_alarm_and_why(door: Door, stopped: Paper) -> None:
    address = f"/v1/attention/{line_of(door, stopped)['step_id']}/clear-secrecy"
    assert door.client(Role.CLERK).post(address, json=REASON).status_code == 403
    registrar = door.client(Role.REGISTRAR)
    assert registrar.post(address, json={"reason": " "}).json()["code"] == "api.reason_missing"
    assert registrar.post(address, json=REASON).status_code == 204
    assert registrar.post(address, json=REASON).status_code == 409
    work(door)
    with door.sohoa.database.read() as uow:
        paper, (hold,) = uow.papers.get(stopped.id), uow.secrecy.of_paper(stopped.id)
        read = uow.pages.of_paper(stopped.id)[1].text
        cleared = [entry for entry in uow.journal.of_paper(stopped.id) if entry.event == "paper.secret_cleared"]
    assert (paper.state, paper.reason_code) == (PaperState.REVIEW, "")
    assert read is not None
    assert hold.reason == REASON["reason"]
    assert hold.cleared_at is not None
    assert [entry.details for entry in cleared] == [REASON]
    assert door.client().get(f"/v1/papers/{stopped.id}/pages/1.jpg").status_code == 200


def test_a_paper_given_up_stays_hidden(door: Door, stopped: Paper) -> None:
    step = line_of(door, stopped)["step_id"]
    assert door.client().post(f"/v1/attention/{step}/give-up", json={"reason": "tài liệu mật"}).status_code == 204
    assert door.client().get(f"/v1/papers/{stopped.id}/pages/0.jpg").status_code == 403


def test_a_step_stopped_for_something_else_is_not_cleared(door: Door, stopped: Paper) -> None:
    with door.sohoa.database.transaction() as uow:
        uow.secrecy.clear(stopped.id, "van-thu", "mẫu")
    step = line_of(door, stopped)["step_id"]
    assert door.client(Role.REGISTRAR).post(f"/v1/attention/{step}/clear-secrecy", json=REASON).status_code == 409


def test_the_page_offers_the_judgement_to_who_may(door: Door, stopped: Paper) -> None:
    registrar = door.browser(Role.REGISTRAR)
    text = registrar.get("/attention").text
    step = line_of(door, stopped)["step_id"]
    assert f"/attention/{step}/clear-secrecy" in text
    assert f"/attention/{step}/clear-secrecy" not in door.browser().get("/attention").text
    csrf = text.split('name="csrf" value="')[1].split('"')[0]
    form = {"csrf": csrf, "next": "/attention", **REASON}
    assert registrar.post(f"/attention/{step}/clear-secrecy", data=form, follow_redirects=False).status_code == 303
    assert door.browser().post(f"/attention/{step}/clear-secrecy", data=form).status_code == 403
