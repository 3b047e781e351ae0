"""Certification at the HTTP door: who may do what, what is refused before a number is taken, what strangers are told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest

from api.access.permissions import Action, Principal, Role
from api.certification.checks import Attested
from api.certification.desk import CertificationDesk
from api.certification.errors import SamePerson
from api.certification.options import CertificationOptions
from api.certification.public_check import PublicCheck, Standing
from api.pipeline.engine import Pipeline
from api.records.packages import prepare
from ingest.model import FileKind, Identified, Note
from ocr.model import Decision, DecisionKind
from signing.certify_errors import BadWording
from storage.model import CERTIFYING, Record, StepKind
from storage.registers import RegisterKind, today_in_vietnam
from tests.contract.facts import WHEN
from tests.world.door import Door, open_door, put_record

OPTIONS = CertificationOptions(agency_name="UBND xã Tân Phước", certifier_title="CHỦ TỊCH", public_checks_a_minute=5)
NAME, ID = "Nguyễn Văn Thử", "000000000123"
CLEAR = ["R1", "R2", "R3", "R4", "R5", "R6", "SHARED"]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("certify"), certification=OPTIONS, unit="H00") as opened:
        with opened.sohoa.database.transaction() as uow:
            uow.registers.open("H00", RegisterKind.ELECTRONIC, "SCTĐT/BS", "van-thu")
        yield opened


def ask(door: Door, record: Record | None = None, **changes: Any) -> dict[str, Any]:
    body = {"record": (record or put_record(door.sohoa)).code, "requester_name": NAME, "requester_id": ID} | changes
    answer = door.client(Role.CLERK).post("/v1/certifications", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def attest(door: Door, made: dict[str, Any], role: Role = Role.CERTIFIER, **changes: Any) -> Any:
    body = {"clear": CLEAR, "matches": True, "complete": True, "compared_sha256": made["compared_sha256"]} | changes
    return door.client(role).post(f"/v1/certifications/{made['id']}/attest", json=body)


def slip_text(door: Door, made: dict[str, Any]) -> str:
    data = door.client(Role.CLERK).get(f"/v1/certifications/{made['id']}/slip").content
    with pdfium.PdfDocument(data) as opened:
        return str(opened[0].get_textpage().get_text_bounded())


def work(door: Door) -> None:
    pipeline = Pipeline(door.sohoa)
    while pipeline.work(CERTIFYING):
        pass
    pipeline.close()


@pytest.fixture(scope="module")
def issued(door: Door) -> dict[str, Any]:
    made = attest(door, ask(door)).json()
    work(door)
    found: dict[str, Any] = door.client(Role.CERTIFIER).get(f"/v1/certifications/{made['id']}").json()
    assert found["state"] == "issued"
    return found


def token_of(found: dict[str, Any]) -> str:
    return str(found["check_url"]).rsplit("/", 1)[-1]


@pytest.fixture
def fresh_check(door: Door) -> None:
    """The limit of look-ups counts for a minute; every test starts a new one."""
    door.app.state.public_check._turnstile._seen.clear()


def test_a_request_tells_fee_deadline_and_what_to_compare(door: Door) -> None:
    made = ask(door, copies=2)
    assert (made["state"], made["fee_vnd"], made["requester_id"]) == ("requested", 4000, ID)
    assert len(made["compared_sha256"]) == 64


def test_requesters_are_masked_in_lists_and_looks_are_recorded(door: Door) -> None:
    made = ask(door)
    listed = door.client(Role.AUDITOR).get("/v1/certifications").text
    assert NAME not in listed
    assert ID not in listed
    assert "••• Thử" in listed
    assert door.client(Role.AUDITOR).get(f"/v1/certifications/{made['id']}?purpose=thanh%20tra").json()["requester_name"] == NAME
    with door.sohoa.database.read() as uow:
        events = {entry.event: entry.details for entry in uow.ledger.entries(subject=made["id"])}
    assert events["certification.viewed"]["purpose"] == "thanh tra"
    assert NAME not in str(events)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"clear": CLEAR[:-1]}, "api.certification.checklist_incomplete"),
        ({"matches": False}, "api.certification.not_compared"),
        ({"complete": False}, "api.certification.not_compared"),
        ({"compared_sha256": "0" * 64}, "api.certification.compared_other"),
        ({"clear": [*CLEAR, "R9"]}, "api.certification.bad_request"),
    ],
)
def test_no_number_is_taken_before_everything_is_said(door: Door, changes: dict[str, Any], code: str) -> None:
    made = ask(door)
    answer = attest(door, made, **changes)
    assert answer.json()["code"] == code
    assert door.client(Role.CERTIFIER).get(f"/v1/certifications/{made['id']}").json()["number"] == ""


@pytest.mark.parametrize("role", [Role.CLERK, Role.OFFICER, Role.AUDITOR, Role.REGISTRAR])
def test_only_a_certifier_attests(door: Door, role: Role) -> None:
    assert attest(door, ask(door), role).status_code == 403


def test_a_refusal_is_in_writing_on_a_ground_of_the_law(door: Door) -> None:
    made, client = ask(door), door.client(Role.CERTIFIER)
    for bad in ({"grounds": ["R9"], "reason": "x"}, {"grounds": ["R1"], "reason": " "}, {"grounds": [], "reason": "x"}):
        assert client.post(f"/v1/certifications/{made['id']}/refuse", json=bad).status_code == 422
    refused = client.post(f"/v1/certifications/{made['id']}/refuse", json={"grounds": ["R1"], "reason": "Bị tẩy xóa"}).json()
    assert (refused["state"], refused["ending"]["grounds"][0]["code"], refused["number"]) == ("refused", "R1", "")
    assert attest(door, made).status_code == 409, "what was refused is not certified afterwards"
    assert "TỪ CHỐI" in slip_text(door, made)
    assert "Bị tẩy xóa" in slip_text(door, made)
    receipt = slip_text(door, ask(door, extension_days=1, extension_reason="Nhiều trang"))
    assert "2.000 đồng" in receipt
    assert "Nhiều trang" in receipt
    assert ID not in receipt


def test_a_secret_paper_is_refused(door: Door) -> None:
    record = put_record(door.sohoa)
    with door.sohoa.database.transaction() as uow:
        uow.fields.decide(record.paper_id, (Decision("secrecy", "MẬT", DecisionKind.ACCEPTED, "an", WHEN),))
    answer = door.client(Role.CLERK).post(
        "/v1/certifications", json={"record": record.code, "requester_name": NAME, "requester_id": ID}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "api.certification.paper_secret")


def test_what_came_as_a_signed_file_is_no_paper_original(door: Door) -> None:
    record = put_record(door.sohoa)
    with door.sohoa.database.transaction() as uow:
        file_id = uow.papers.get(record.paper_id).file_id
        found = Identified(FileKind.PDF, 1, notes=(Note("signed_input", {"count": 1}),))
        uow.files.accepted(file_id, found)
    body = {"record": record.code, "requester_name": NAME, "requester_id": ID}
    assert door.client(Role.CLERK).post("/v1/certifications", json=body).json()["code"] == "api.certification.not_paper"


def test_no_unit_certifies_for_another(door: Door) -> None:
    record = put_record(door.sohoa, unit="H99")
    body = {"record": record.code, "requester_name": NAME, "requester_id": ID}
    assert door.client(Role.CLERK).post("/v1/certifications", json=body).json()["code"] == "api.certification.other_unit"


def test_a_void_number_stays_in_the_register(door: Door) -> None:
    made = attest(door, ask(door)).json()
    client = door.client(Role.CERTIFIER)
    voided = client.post(f"/v1/certifications/{made['id']}/void", json={"reason": "Không đến nhận"}).json()
    assert (voided["state"], voided["number"]) == ("void", made["number"])
    work(door)
    assert client.get(f"/v1/certifications/{made['id']}").json()["state"] == "void", "no worker brings it back"
    registrar = door.client(Role.REGISTRAR)
    year = registrar.get("/v1/registers/books").json()[0]["year"]
    numbers = {entry["number"]: entry["state"] for entry in registrar.get(f"/v1/registers/electronic/{year}").json()}
    assert numbers[made["number"]] == "void"
    assert "Hủy số: Không đến nhận" in registrar.get(f"/v1/registers/electronic/{year}/csv").text
    assert registrar.get(f"/v1/registers/electronic/{year}/print").content.startswith(b"%PDF-")
    assert door.client(Role.CLERK).get(f"/v1/registers/electronic/{year}").status_code == 403


def test_a_failed_signature_is_a_line_and_the_paper_stays_sound(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    made = attest(door, ask(door)).json()
    with monkeypatch.context() as broken:
        broken.setattr("api.pipeline.certifying.wording_named", _gone)
        work(door)
    lines = [line for line in door.client(Role.CERTIFIER).get("/v1/attention").json() if line["kind"] == "certify"]
    assert (lines[0]["reason"]["code"], lines[0]["actions"]) == ("signing.bad_wording", ["retry", "give_up"])
    certifier = door.client(Role.CERTIFIER)
    assert certifier.get(f"/v1/papers/{made['paper_id']}").json()["paper"]["state"] == "done"
    step = lines[0]["step_id"]
    assert certifier.post(f"/v1/attention/{step}/replace", files={"file": ("a.pdf", b"x")}).status_code == 422
    assert certifier.post(f"/v1/attention/{step}/retry").status_code == 204
    work(door)
    assert certifier.get(f"/v1/certifications/{made['id']}").json()["state"] == "issued"


def test_giving_a_failed_signature_up_voids_its_number(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    made = attest(door, ask(door)).json()
    with monkeypatch.context() as broken:
        broken.setattr("api.pipeline.certifying.wording_named", _gone)
        work(door)
    with door.sohoa.database.read() as uow:
        step = uow.steps.find(StepKind.CERTIFY, made["id"])
    assert step is not None
    refused = door.client(Role.CLERK).post(f"/v1/attention/{step.id}/give-up", json={"reason": "Hỏng khóa"})
    assert refused.json()["code"] == "api.forbidden", "a number is voided by a certifier, not at the scanner"
    certifier = door.client(Role.CERTIFIER)
    assert certifier.post(f"/v1/attention/{step.id}/give-up", json={"reason": "Hỏng khóa"}).status_code == 204
    found = certifier.get(f"/v1/certifications/{made['id']}").json()
    assert (found["state"], found["ending"]["reason"]) == ("void", "Hỏng khóa")


def _gone(*_: object) -> None:
    raise BadWording(what="gone")


def test_strangers_learn_the_state_and_nothing_of_people(door: Door, issued: dict[str, Any], fresh_check: None) -> None:
    answer = door.client(None).get(f"/v1/public/certified/{token_of(issued)}")
    told = answer.json()
    assert (answer.status_code, told["standing"], told["number"], told["signatures"]) == (
        200, "in_force", issued["number"], "TOTAL-PASSED",
    )  # fmt: skip
    assert told["message"] == "Bản sao này còn hiệu lực."
    assert told["sha256"] == issued["issued"]["file"]["sha256"]
    for hidden in (NAME, ID, "038090001234", issued["record_code"]):
        assert hidden not in answer.text
    page = door.client(None).get(f"/kiem-tra/{token_of(issued)}", headers={"Accept": "text/html"})
    assert (page.status_code, "Còn hiệu lực" in page.text, NAME in page.text) == (200, True, False)
    assert "In force" in door.client(None).get(f"/kiem-tra/{token_of(issued)}?lang=en").text
    assert "default-src 'self'" in page.headers["content-security-policy"]


def test_every_unknown_code_gets_the_same_answer(door: Door, fresh_check: None) -> None:
    pending = ask(door)
    tokens = ["x", "ạ" * 20, pending["id"], "A" * 32]
    answers = [door.client(None).get(f"/v1/public/certified/{token}") for token in tokens]
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
    assert answers[0].json()["standing"] == "not_found"
    assert door.client(None).get("/kiem-tra/x").status_code == 404


def test_look_ups_are_limited_per_address(door: Door, fresh_check: None) -> None:
    client = door.client(None)
    codes = [client.get("/v1/public/certified/x").status_code for _ in range(6)]
    assert codes == [200] * 5 + [429]


def test_a_copy_lost_from_the_store_cannot_be_decided(door: Door, issued: dict[str, Any], fresh_check: None) -> None:
    sha256 = issued["issued"]["file"]["sha256"]
    kept = next(path for path in (door.sohoa.settings.data_dir / "objects").rglob(f"*{sha256[4:]}*") if path.is_file())
    away = kept.with_name("away")
    door.app.state.public_check._verdicts.clear()
    kept.rename(away)
    try:
        told = door.client(None).get(f"/v1/public/certified/{token_of(issued)}").json()
    finally:
        away.rename(kept)
    assert (told["standing"], told["signatures"]) == ("in_force", "INDETERMINATE")
    assert "không thể kết luận" in told["message"]


def test_a_copy_whose_signatures_fail_is_told_plainly_and_raises_one_alarm(
    door: Door, fresh_check: None, caplog: pytest.LogCaptureFixture
) -> None:
    made = attest(door, ask(door)).json()
    work(door)
    check: PublicCheck = door.app.state.public_check
    with door.sohoa.database.transaction() as uow:
        found = uow.certifications.lock(made["id"])
        assert found.issued
        data = bytearray(door.sohoa.objects.read_bytes(found.issued.file.sha256))
        data[data.index(b"/MediaBox") + 1] ^= 1
        bad = door.sohoa.objects.put_bytes(bytes(data), "application/pdf")
        uow.certifications.save(found, issued=replace(found.issued, file=bad))
    told = [door.client(None).get(f"/v1/public/certified/{found.token}?lang={lang}").json() for lang in ("vi", "en")]
    assert {(one["standing"], one["signatures"]) for one in told} == {("signature_invalid", "TOTAL-FAILED")}
    assert [one["message"] for one in told] == [
        "Chữ ký số của tệp lưu KHÔNG hợp lệ; không sử dụng bản này, hãy liên hệ cơ quan cấp.",
        "The signatures of the file kept here are NOT valid; do not use this copy, ask the agency that issued it.",
    ]
    page = door.client(None).get(f"/kiem-tra/{found.token}").text
    assert "Chữ ký số KHÔNG hợp lệ" in page
    assert "Còn hiệu lực" not in page
    assert [one.levelname for one in caplog.records if bad.sha256 in one.getMessage()] == ["ERROR"]
    check._alarmed.clear()  # another process
    assert check.look_up(found.token).standing is Standing.INVALID
    with door.sohoa.database.read() as uow:
        alarms = [one for one in uow.ledger.entries(subject=found.id) if one.event == "certification.signature_failed"]
    assert [one.details["sha256"] for one in alarms] == [bad.sha256]


def test_an_annulment_reaches_the_public_and_whoever_listens(door: Door, fresh_check: None) -> None:
    made = attest(door, ask(door)).json()
    work(door)
    today = today_in_vietnam(datetime.now(UTC))
    body = {"decision": "12/QĐ-UBND", "decided_on": today.isoformat(), "reason": "Bản chính giả"}
    for day in (today + timedelta(days=1), today - timedelta(days=1)):
        wrong = body | {"decided_on": day.isoformat()}
        refused = door.client(Role.REGISTRAR).post(f"/v1/certifications/{made['id']}/annul", json=wrong)
        assert refused.status_code == 422
        assert f"{day:%d/%m/%Y}" in refused.text
    assert door.client(Role.CLERK).post(f"/v1/certifications/{made['id']}/annul", json=body).status_code == 403
    heard: list[dict[str, object]] = []
    relayed = door.sohoa.publish
    object.__setattr__(door.sohoa, "publish", lambda topic, payload: heard.append({"topic": topic, **payload}))
    try:
        annulled = door.client(Role.REGISTRAR).post(f"/v1/certifications/{made['id']}/annul", json=body).json()
    finally:
        object.__setattr__(door.sohoa, "publish", relayed)
    assert annulled["state"] == "annulled"
    event = next(one for one in heard if one["topic"] == "certification.annulled")
    assert (event["certification"], event["decision"], event["record"]) == (made["id"], "12/QĐ-UBND", made["record_code"])
    told = door.client(None).get(f"/v1/public/certified/{token_of(annulled)}").json()
    assert (told["standing"], told["message"]) == (
        "annulled",
        f"Bản sao này đã bị hủy (QĐ số 12/QĐ-UBND, ngày {today:%d/%m/%Y}).",
    )
    assert "Đã bị hủy" in door.client(None).get(f"/kiem-tra/{token_of(annulled)}").text
    assert door.client(Role.REGISTRAR).post(f"/v1/certifications/{made['id']}/annul", json=body).status_code == 409


def test_four_eyes_and_the_release_by_van_thu(tmp_path: Path) -> None:
    strict = OPTIONS.model_copy(update={"four_eyes": True, "agency_confirms": True})
    with open_door(tmp_path, certification=strict, unit="H00") as door:
        assert door.client(Role.REGISTRAR).post("/v1/registers/open", json={"kind": "electronic"}).status_code == 201
        assert door.client(Role.REGISTRAR).post("/v1/registers/open", json={"kind": "electronic"}).status_code == 409
        made = attest(door, ask(door)).json()
        work(door)
        registrar = door.client(Role.REGISTRAR)
        waiting = registrar.get(f"/v1/certifications/{made['id']}").json()
        assert (waiting["state"], waiting["issued"], waiting["check_url"]) == ("personally_signed", None, "")
        assert registrar.get(f"/v1/certifications/{made['id']}/file").status_code == 404
        assert door.client(Role.CERTIFIER).post(f"/v1/certifications/{made['id']}/release").status_code == 403
        assert registrar.post(f"/v1/certifications/{made['id']}/release").status_code == 200
        assert registrar.post(f"/v1/certifications/{made['id']}/release").status_code == 409
        work(door)
        assert registrar.get(f"/v1/certifications/{made['id']}").json()["state"] == "issued"
        assert registrar.get(f"/v1/certifications/{made['id']}/file").content.startswith(b"%PDF-")
        second = ask(door)
        with door.sohoa.database.read() as uow:
            scanner = uow.batches.get(uow.papers.get(second["paper_id"]).batch_id).actor
        assert scanner == "demo-clerk"
        said = Attested(frozenset(CLEAR), matches=True, complete=True)
        with pytest.raises(SamePerson):
            CertificationDesk(door.sohoa).attest(second["id"], said, actor="demo-clerk")


def test_a_certificate_that_does_not_hold_costs_no_number(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    made = ask(door)
    with monkeypatch.context() as swapped:
        swapped.setattr(type(door.sohoa.signatories), "personal", lambda self: self.agency())
        answer = attest(door, made)
    assert answer.json()["code"] == "signing.role_refused"
    assert door.client(Role.CERTIFIER).get(f"/v1/certifications/{made['id']}").json()["number"] == ""


def test_certified_copies_leave_in_a_package_for_those_who_may_see_the_certification(door: Door, issued: dict[str, Any]) -> None:
    def certified(role: Role, unit: str = "H00", **how: Any) -> list[str]:
        [packed] = prepare(door.sohoa, (issued["record_code"],), Principal("an", role, unit, **how), "")
        return [path for path in packed.files if "chung-thuc" in path]

    assert len(certified(Role.CLERK)) == len(certified(Role.ADMIN, "")) == 1
    assert certified(Role.OFFICER) == [], "the role sees no certifications"
    assert certified(Role.CLERK, scopes=frozenset({Action.RECORD_DOWNLOAD})) == [], "nor does this token"
    assert certified(Role.CLERK, "H99") == [], "to another unit the certification is not there"
