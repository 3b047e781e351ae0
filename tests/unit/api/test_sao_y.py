"""Sao y: the agency's signature over a finished record, by whom it may be asked, and what is written down."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from api.access.permissions import Role
from api.certification.sao_y import EVENT, Form, NotCopiable, copies, sao_y, write_out
from api.options import MarkOptions
from api.signatures import marks
from ingest.model import ObjectRef
from signing.errors import MarkKindsUnusable, NoRoomForMark
from signing.model import Indication, Level, SealKind, SealRequest
from signing.model import Role as Signer
from signing.policy import Policy
from signing.seal import seal
from signing.verify import verify
from storage.model import Record, RecordState
from tests.world.door import Door, open_door, put_record
from tests.world.shapes import A4, Shape, lines, page_of

BOTH = Policy(required_roles=(Signer.PERSONAL, Signer.AGENCY))
UNIT = "H00.DEMO"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("copies") / "data") as door:
        yield door


def digitised(door: Door, folder: Path, content: bytes = b"") -> ObjectRef:
    """A copy with the clerk's signature, stored."""
    sohoa = door.sohoa
    source = page_of(Shape("plain"), folder / "source.pdf", content)
    mark = marks.digitised(sohoa.settings, "Nguyễn Thị Thử", UNIT)
    request = SealRequest(SealKind.DIGITISED_COPY, Signer.PERSONAL, "SoHoa-CaNhan", mark=mark, level=Level.B_B)
    seal(source, folder / "sealed.pdf", request, sohoa.signatories.personal(), sohoa.signatories.trust(), None)
    return sohoa.objects.put_file(folder / "sealed.pdf", "application/pdf")


@pytest.fixture(scope="module")
def sealed(door: Door, tmp_path_factory: pytest.TempPathFactory) -> ObjectRef:
    return digitised(door, tmp_path_factory.mktemp("sealed"))


@pytest.fixture
def record(door: Door, sealed: ObjectRef) -> Record:
    return put_record(door.sohoa, unit=UNIT, sealed=sealed)


def events(door: Door, record: Record) -> list[dict[str, object]]:
    with door.sohoa.database.read() as uow:
        return [entry.details for entry in uow.journal.of_paper(record.paper_id) if entry.event == EVENT]


def test_a_copy_bears_both_signatures_and_the_record_stays_as_it_was(door: Door, record: Record, tmp_path: Path) -> None:
    sohoa = door.sohoa
    copy = sao_y(sohoa, record.code, actor="van-thu", purpose="H00-261123-0001")
    write_out(sohoa, copy, tmp_path / "copy.pdf", actor="van-thu")
    verdict = verify(tmp_path / "copy.pdf", sohoa.signatories.trust(), BOTH)
    assert verdict.indication is Indication.PASSED
    assert copy.seal.kind is SealKind.SAO_Y
    assert copy.seal.evidence_until is not None
    assert copy.place is not None
    assert not copy.place.moved
    _, _, x1, y1 = copy.place.box
    assert x1 > A4[0] - 40
    assert y1 > A4[1] - 40
    assert (tmp_path / "copy.pdf").read_bytes().startswith(sohoa.objects.read_bytes(record.sealed.sha256))
    with sohoa.database.read() as uow:
        assert uow.records.get(record.code).sealed == record.sealed
    (told,) = events(door, record)
    assert told["source"] == record.sealed.sha256
    assert told["sha256"] == copy.seal.object.sha256
    assert (told["form"], told["purpose"], told["role"]) == ("sao_y", "H00-261123-0001", "agency")


def test_asked_again_the_same_copy_is_given_unless_another_is_wanted(door: Door, record: Record) -> None:
    first = sao_y(door.sohoa, record.code, actor="a")
    same = sao_y(door.sohoa, record.code, actor="b")
    assert first.made_now
    assert not same.made_now
    assert (same.seal.id, same.place) == (first.seal.id, first.place)
    other = sao_y(door.sohoa, record.code, actor="b", form=Form.SAO_LUC)
    again = sao_y(door.sohoa, record.code, actor="b", again=True)
    assert [one.form for one in copies(door.sohoa, record.code)] == [Form.SAO_Y, Form.SAO_LUC, Form.SAO_Y]
    assert len({first.seal.id, other.seal.id, again.seal.id}) == 3
    assert len(events(door, record)) == 3


def test_two_who_ask_at_once_get_one_copy(door: Door, record: Record) -> None:
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda name: sao_y(door.sohoa, record.code, actor=name), "abc"))
    assert len({one.seal.id for one in made}) == 1
    assert sum(one.made_now for one in made) == 1
    assert len(events(door, record)) == 1


@pytest.mark.parametrize("state", [RecordState.ANNULLED, RecordState.REPLACED])
def test_no_copy_of_what_is_no_longer_in_force(door: Door, sealed: ObjectRef, state: RecordState) -> None:
    record = put_record(door.sohoa, unit=UNIT, sealed=sealed, state=state)
    with pytest.raises(NotCopiable) as caught:
        sao_y(door.sohoa, record.code, actor="a")
    assert "không còn hiệu lực" in caught.value.message("vi")


def test_a_page_without_room_is_refused_before_signing(door: Door, tmp_path: Path) -> None:
    full = digitised(door, tmp_path, lines((2, 2, A4[0] - 2, A4[1] - 2)))
    record = put_record(door.sohoa, unit=UNIT, sealed=full)
    with pytest.raises(NoRoomForMark) as caught:
        sao_y(door.sohoa, record.code, actor="a")
    assert "quét lại" in caught.value.message("vi")
    assert copies(door.sohoa, record.code) == ()
    assert events(door, record) == []


def test_only_the_registrar_and_the_administrator_may_ask(door: Door, record: Record) -> None:
    for role in (Role.CLERK, Role.OFFICER, Role.AUDITOR, Role.CERTIFIER, None):
        answer = door.client(role).post("/v1/copies", json={"record": record.code})
        assert answer.status_code == (403 if role else 401), role
    made = door.client(Role.REGISTRAR).post("/v1/copies", json={"record": record.code})
    assert made.status_code == 201, made.text
    assert made.json()["mark"] == {"page": 1, "box": made.json()["mark"]["box"], "moved": False}
    again = door.client(Role.ADMIN).post("/v1/copies", json={"record": record.code})
    assert (again.status_code, again.json()["id"]) == (200, made.json()["id"])


def test_a_registrar_signs_for_the_own_unit_only(door: Door, sealed: ObjectRef) -> None:
    foreign = put_record(door.sohoa, unit="H99.KHAC", sealed=sealed)
    answer = door.client(Role.REGISTRAR).post("/v1/copies", json={"record": foreign.code})
    assert answer.status_code == 403, answer.text
    assert answer.json()["code"] == "api.certification.other_unit"
    assert door.client(Role.ADMIN).post("/v1/copies", json={"record": foreign.code}).status_code == 201


def test_copies_are_listed_and_taken_with_a_note_in_the_ledger(door: Door, record: Record) -> None:
    made = sao_y(door.sohoa, record.code, actor="van-thu")
    officer = door.client(Role.OFFICER)
    listed = officer.get("/v1/copies", params={"record": record.code, "purpose": "H00-1"}).json()
    assert [one["id"] for one in listed] == [made.seal.id]
    taken = officer.get(f"/v1/copies/{made.seal.id}/file")
    assert taken.headers["content-type"] == "application/pdf"
    assert taken.content == door.sohoa.objects.read_bytes(made.seal.object.sha256)
    with door.sohoa.database.read() as uow:
        told = [(entry.event, entry.details.get("part")) for entry in uow.journal.of_paper(record.paper_id)]
        assert uow.ledger.verify().ok
    assert ("copies.viewed", None) in told
    assert ("record.downloaded", "sao_y") in told
    assert officer.get("/v1/copies/none/file").status_code == 404
    assert officer.get("/v1/copies", params={"record": "none"}).status_code == 404


def test_settings_word_the_mark_name_the_unit_and_switch_it_off(door: Door, tmp_path: Path) -> None:
    named = MarkOptions(unit_names={UNIT: "Trung tâm Phục vụ hành chính công xã Ví Dụ"})
    settings = door.sohoa.settings.model_copy(update={"mark": named})
    mark = marks.digitised(settings, "Nguyễn Thị Thử", UNIT)
    assert mark is not None
    assert "Cơ quan: Trung tâm Phục vụ hành chính công xã Ví Dụ" in mark.lines
    off = door.sohoa.settings.model_copy(update={"mark": MarkOptions(digitised=False)})
    assert marks.digitised(off, "X", UNIT) is None
    wrong = door.sohoa.settings.model_copy(update={"mark": MarkOptions(file=str(tmp_path / "none.toml"))})
    with pytest.raises(MarkKindsUnusable):
        marks.digitised(wrong, "X", UNIT)
