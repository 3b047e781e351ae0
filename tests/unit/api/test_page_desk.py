"""Pages are put right by new layers over untouched captures; what hung on them is undone; records stay as they are."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest

from api.access.permissions import Role
from api.pages.desk import PageDesk
from api.pages.errors import NoPageChosen, NoPageLeft, NotHeld, OtherBatch, PageReasonMissing, PagesChanged, PaperStored
from ingest.model import ObjectRef
from ocr.model import Decision, DecisionKind, SecrecyLevel
from storage.arranging import WhyOut
from storage.errors import LeaseLost, NotFound
from storage.model import Paper, PaperState, StepKind, StepState
from storage.secrecy import SecrecyHold
from tests.world.door import Door, open_door, put_paper, put_record

ACTOR = "clerk-a"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("pages"), unit="H00") as opened:
        yield opened


@pytest.fixture
def desk(door: Door) -> PageDesk:
    return PageDesk(door.sohoa)


def stack_of(door: Door, pages: int = 3, *, beside: Paper | None = None) -> Paper:
    """A paper in review with so many read pages; in the batch of `beside`, if given."""
    paper = put_paper(door.sohoa)
    with door.sohoa.database.transaction() as uow:
        (first,) = uow.pages.of_paper(paper.id)
        for _ in range(pages - 1):
            uow.pages.append(replace(first, id=uuid4().hex))
        uow.pages.lay(paper.id, [first.id, *(row.id for row in uow.pages.left_out(paper.id))])
        changes: dict[str, object] = {"pages": pages, "type_confidence": 0.9}
        if beside is not None:
            changes["batch_id"] = beside.batch_id
        return uow.papers.update(paper.id, **changes)  # type: ignore[arg-type]


def pages_of(door: Door, paper_id: str) -> list[str]:
    with door.sohoa.database.read() as uow:
        return [row.id for row in uow.pages.of_paper(paper_id)]


def paper_of(door: Door, paper_id: str) -> Paper:
    with door.sohoa.database.read() as uow:
        return uow.papers.get(paper_id)


def test_a_turn_is_a_new_layer_that_is_read_again(door: Door, desk: PageDesk) -> None:
    paper = stack_of(door)
    first, second, third = pages_of(door, paper.id)
    desk.turn(paper.id, [second], 90, seen=0, actor=ACTOR)
    now = pages_of(door, paper.id)
    assert (now[0], now[2]) == (first, third)
    with door.sohoa.database.read() as uow:
        old, new = uow.pages.get(second), uow.pages.get(now[1])
        step = uow.steps.find(StepKind.READ, new.id)
        assert uow.steps.find(StepKind.CONFIRM, paper.id) is None
    assert (old.image, old.facts["exif_turn_deg"], old.text is None) == (new.image, 0, False)
    assert (new.facts["exif_turn_deg"], new.facts["turn_fixed"], new.text) == (90, True, None)
    assert step is not None
    assert step.state is StepState.READY
    held = paper_of(door, paper.id)
    assert (held.state, held.held, held.paper_type) == (PaperState.HELD, True, "")
    again = desk.turn(paper.id, [now[1]], 270, seen=1, actor=ACTOR)
    with door.sohoa.database.read() as uow:
        assert uow.pages.get(again.ids[1]).facts["exif_turn_deg"] == 0


def test_order_leave_out_and_bring_back(door: Door, desk: PageDesk) -> None:
    paper = stack_of(door)
    first, second, third = pages_of(door, paper.id)
    desk.order(paper.id, [third], 0, seen=0, actor=ACTOR)
    assert pages_of(door, paper.id) == [third, first, second]
    desk.order(paper.id, [third, first], 99, seen=1, actor=ACTOR)
    assert pages_of(door, paper.id) == [second, third, first]
    with pytest.raises(PageReasonMissing):
        desk.leave_out(paper.id, [third], "  ", seen=2, actor=ACTOR)
    made = desk.leave_out(paper.id, [third], "trang trắng mặt sau", seen=2, actor=ACTOR)
    assert [(one.page, one.why, one.reason) for one in made.left_out] == [(third, WhyOut.EXCLUDED, "trang trắng mặt sau")]
    assert (pages_of(door, paper.id), paper_of(door, paper.id).pages) == ([second, first], 2)
    with pytest.raises(NoPageLeft):
        desk.leave_out(paper.id, [second, first], "cả hai", seen=3, actor=ACTOR)
    with pytest.raises(NoPageChosen):
        desk.bring_back(paper.id, [second], seen=3, actor=ACTOR)
    desk.bring_back(paper.id, [third], seen=3, actor=ACTOR)
    assert pages_of(door, paper.id) == [second, first, third]
    with door.sohoa.database.read() as uow:
        kept = uow.arrangements.of_paper(paper.id)
        told = [entry.details for entry in uow.ledger.of_subjects([paper.id]) if entry.event == "paper.arranged"]
    assert [one.version for one in kept] == [1, 2, 3, 4]
    assert kept[2].ids == (second, first)
    assert [one["change"] for one in told] == ["order", "order", "leave_out", "bring_back"]
    assert told[2]["reason"] == "trang trắng mặt sau"


def test_two_clerks_on_one_paper(door: Door, desk: PageDesk) -> None:
    paper = stack_of(door)
    first, _, third = pages_of(door, paper.id)
    desk.order(paper.id, [third], 0, seen=0, actor=ACTOR)
    with pytest.raises(PagesChanged):
        desk.order(paper.id, [first], 2, seen=0, actor="clerk-b")
    with pytest.raises(NoPageChosen):
        desk.order(paper.id, ["f" * 32], 2, seen=1, actor="clerk-b")


def test_pages_move_and_papers_merge_within_a_batch(door: Door, desk: PageDesk) -> None:
    one = stack_of(door)
    other, stranger = stack_of(door, 2, beside=one), stack_of(door)
    first, second, third = pages_of(door, one.id)
    with pytest.raises(OtherBatch):
        desk.move(one.id, [first], stranger.id, seen=0, actor=ACTOR)
    with pytest.raises(OtherBatch):
        desk.move(one.id, [first], one.id, seen=0, actor=ACTOR)
    desk.move(one.id, [second], other.id, seen=0, actor=ACTOR)
    assert pages_of(door, one.id) == [first, third]
    with door.sohoa.database.read() as uow:
        moved = uow.pages.of_paper(other.id)[-1]
        came = uow.pages.get(second)
    assert (moved.image, moved.text, moved.file_id) == (came.image, came.text, one.file_id)
    desk.merge(one.id, other.id, seen=1, actor=ACTOR)
    assert (pages_of(door, one.id), len(pages_of(door, other.id))) == ([], 5)
    empty, full = paper_of(door, one.id), paper_of(door, other.id)
    assert (empty.state, empty.held, full.state, full.pages) == (PaperState.MERGED, False, PaperState.HELD, 5)
    with door.sohoa.database.read() as uow:
        progress = uow.batches.progress(one.batch_id)
    assert (progress.papers, progress.papers_held, progress.pages) == (1, 1, 5)


def test_a_paper_is_split_and_each_part_goes_on(door: Door, desk: PageDesk) -> None:
    paper = stack_of(door)
    first, second, third = pages_of(door, paper.id)
    with pytest.raises(NoPageLeft):
        desk.split(paper.id, [first, second, third], seen=0, actor=ACTOR)
    new = desk.split(paper.id, [second, third], seen=0, actor=ACTOR)
    assert (new.state, new.pages, new.original, new.ordinal, new.owner) == (PaperState.HELD, 2, paper.original, 1, paper.owner)
    assert pages_of(door, paper.id) == [first]
    for one in (new.id, paper.id):
        desk.release(one, actor=ACTOR)
        with door.sohoa.database.read() as uow:
            step = uow.steps.find(StepKind.SEAL, one)
        assert step is not None
        assert step.state is StepState.READY
    with pytest.raises(NotHeld):
        desk.release(paper.id, actor=ACTOR)


def test_the_step_in_hand_is_lost_and_the_seal_counts_no_more(door: Door, desk: PageDesk) -> None:
    paper = stack_of(door)
    with door.sohoa.database.transaction() as uow:
        sealed = ObjectRef(paper.original.sha256, 1, "application/pdf")
        uow.papers.update(paper.id, sealed=sealed, state=PaperState.WORKING)
        batch = uow.batches.get(paper.batch_id)
        held = uow.steps.add(
            StepKind.FIELDS, paper.id, batch=batch, file_id=paper.file_id, paper_id=paper.id, state=StepState.LEASED, lease="w/1"
        )
        uow.fields.decide(paper.id, (Decision("title", "Cũ", DecisionKind.CORRECTED, "a", paper.created_at),))
        assert uow.fields.current(paper.id)
    desk.order(paper.id, [pages_of(door, paper.id)[2]], 0, seen=0, actor=ACTOR)
    assert held is not None
    with pytest.raises(LeaseLost), door.sohoa.database.transaction() as uow:
        uow.steps.done(held)
    with door.sohoa.database.transaction() as uow:
        assert uow.papers.get(paper.id).sealed is None
        assert not uow.fields.current(paper.id)  # what was decided was about other pages
        assert len(uow.fields.decisions(paper.id)) == 1
        uow.fields.decide(paper.id, (Decision("title", "Mới", DecisionKind.CORRECTED, "a", paper.created_at),))
        assert uow.fields.current(paper.id)["title"].value == "Mới"


def test_a_record_is_never_rearranged(door: Door, desk: PageDesk) -> None:
    record = put_record(door.sohoa)
    (page,) = pages_of(door, record.paper_id)
    with pytest.raises(PaperStored):
        desk.turn(record.paper_id, [page], 90, seen=0, actor=ACTOR)


def test_a_page_that_could_not_be_read_is_left_out_and_its_failure_goes(door: Door, desk: PageDesk) -> None:
    paper = stack_of(door)
    first, second, _ = pages_of(door, paper.id)
    with door.sohoa.database.transaction() as uow:
        row = replace(uow.pages.get(first), id=uuid4().hex, text=None)
        uow.pages.append(row)
        uow.pages.lay(paper.id, [first, row.id, second])
        batch = uow.batches.get(paper.batch_id)
        step = uow.steps.add(
            StepKind.READ, row.id, batch=batch, file_id=paper.file_id, paper_id=paper.id, state=StepState.LEASED, lease="w/1"
        )
        assert step is not None
        uow.steps.failed(step, NotFound(what="x", key="y"))
        uow.papers.update(paper.id, state=PaperState.ATTENTION)
    desk.order(paper.id, [second], 0, seen=0, actor=ACTOR)
    assert paper_of(door, paper.id).state is PaperState.ATTENTION
    desk.leave_out(paper.id, [row.id], "trang hỏng", seen=1, actor=ACTOR)
    assert paper_of(door, paper.id).state is PaperState.HELD
    with door.sohoa.database.read() as uow:
        assert not uow.steps.attention(paper.batch_id)


def test_over_http(door: Door) -> None:
    client, paper = door.client(), stack_of(door)
    address = f"/v1/papers/{paper.id}/arrangement"
    strip = client.get(address).json()
    ids = [one["id"] for one in strip["pages"]]
    turned = client.post(address, json={"change": "turn", "arrangement": 0, "pages": ids[:1], "degrees": 180})
    assert (turned.status_code, turned.json()["pages"][0]["turn_deg"], turned.json()["version"]) == (200, 180, 1)
    late = client.post(address, json={"change": "split", "arrangement": 0, "pages": ids[1:2]})
    assert (late.status_code, late.json()["code"]) == (409, "api.pages_changed")
    out = client.post(address, json={"change": "leave_out", "arrangement": 1, "pages": ids[1:2], "reason": "trùng"}).json()
    assert [(one["id"], one["reason"]) for one in out["left_out"]] == [(ids[1], "trùng")]
    picture = client.get(f"/v1/papers/{paper.id}/captures/{ids[1]}.jpg")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    assert client.get(f"/v1/papers/{stack_of(door).id}/captures/{ids[1]}.jpg").status_code == 404
    early = client.post(f"/v1/batches/{paper.batch_id}/release").json()
    assert early == {"released": 1}
    assert client.post(f"/v1/papers/{paper.id}/release").status_code == 409
    assert door.client(Role.OFFICER).post(address, json={"change": "split", "arrangement": 0}).status_code == 403


def test_a_new_scan_is_received_for_its_place(door: Door) -> None:
    client, paper = door.client(), stack_of(door)
    page = pages_of(door, paper.id)[1]
    address, asked = f"/v1/papers/{paper.id}/rescan", {"page": page, "arrangement": 0}
    file = {"file": ("trang 2.png", io.BytesIO(b"better " + paper.id.encode()))}
    assert client.post(address, params=asked, files=file).json()["code"] == "api.page_reason_missing"
    file = {"file": ("trang 2.png", io.BytesIO(b"better " + paper.id.encode()))}
    sent = client.post(address, params=asked | {"reason": "mờ"}, files=file)
    assert sent.status_code == 201
    assert client.post(f"/v1/papers/{paper.id}/release").json()["code"] == "api.page_coming"
    strip = client.get(f"/v1/papers/{paper.id}/arrangement").json()
    assert [(one["page"], one["kind"]) for one in strip["coming"]] == [(page, "replace")]
    assert (strip["paper"]["state"], strip["held"]) == ("held", True)


def test_the_page_without_script(door: Door) -> None:
    browser, paper = door.browser(), stack_of(door)
    shown = browser.get(f"/papers/{paper.id}/pages").text
    token = shown.split('name="csrf" value="')[1].split('"')[0]
    first, second, third = pages_of(door, paper.id)
    form = {"csrf": token, "arrangement": "0", "next": f"/papers/{paper.id}/pages"}
    after = browser.post(f"/papers/{paper.id}/pages", data=form | {"do": "order", "to": "1", "page": [third]})
    assert after.status_code == 200
    assert pages_of(door, paper.id) == [third, first, second]
    missing = browser.post(f"/papers/{paper.id}/pages", data=form | {"do": "leave_out", "arrangement": "1", "page": [first]})
    assert "lý do" in missing.text
    browser.post(f"/papers/{paper.id}/pages", data=form | {"do": "mark_same", "arrangement": "1", "page": [second]})
    assert "bản chụp thêm của tờ trước" in browser.get(f"/batches/{paper.batch_id}/pages").text
    for wrong in ({"do": "turn-45"}, {"do": "nothing"}, {"do": "order", "to": "x"}, {"do": "replace", "arrangement": "2"}):
        answer = browser.post(f"/papers/{paper.id}/pages", data=form | {"page": [first]} | wrong)
        assert answer.status_code == 422, wrong
    assert browser.post(f"/papers/{paper.id}/release", data=form).status_code == 200
    assert paper_of(door, paper.id).state is PaperState.WORKING


def test_a_page_moved_away_is_not_shown_while_its_new_paper_is_held_as_secret(door: Door) -> None:
    client, paper = door.client(), stack_of(door)
    kept, moved, _ = pages_of(door, paper.id)
    body = {"change": "split", "arrangement": 0, "pages": [moved]}
    other = client.post(f"/v1/papers/{paper.id}/arrangement", json=body).json()["paper"]["id"]
    with door.sohoa.database.transaction() as uow:
        uow.secrecy.hold(SecrecyHold(other, paper.file_id, 0, SecrecyLevel.MAT, uow.now()))
    away, here = (f"/v1/papers/{paper.id}/captures/{page}.jpg" for page in (moved, kept))
    assert (client.get(away).json()["code"], client.get(here).status_code) == ("api.secret_withheld", 200)
    assert door.client(Role.REGISTRAR).get(away).status_code == 200
