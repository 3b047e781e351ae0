"""Certified copies whose certifier and văn thư keep their keys: PKCS#12 keys at two desks, over REST and the real pipeline."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from api.access.permissions import Principal, Role
from api.certification.checks import same_name
from api.certification.desk import CertificationDesk
from api.certification.errors import SameHand
from api.certification.options import CertificationOptions
from api.options import TrustOptions
from api.pipeline.engine import Pipeline
from api.signatures.desk import SigningDesk
from api.signatures.options import Holder, KeyOptions, KeysOptions
from signing import demo_certificates, demo_pki
from signing.certify import BOTH
from signing.demo_pki import DemoPki, ensure
from signing.keys import SealKey
from signing.model import Indication
from signing.model import Role as Signer
from signing.verify import verify
from storage.model import CERTIFYING, StepKind, StepState
from storage.registers import RegisterKind, RegisterQuery
from tests.unit.api.test_certification_door import CLEAR, ID, NAME
from tests.unit.api.test_signing_desk import MoodySignatories
from tests.world.door import Door, open_door, put_record

OPTIONS = CertificationOptions(
    agency_name="UBND xã Tân Phước", certifier_title="CHỦ TỊCH", public_base="https://sohoa.example", agency_confirms=True
)
DESK = KeyOptions(holder=Holder.DESK)
BOTH_AWAY = KeysOptions(personal=DESK, agency=DESK)
ELECTRONIC = RegisterKind.ELECTRONIC


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> DemoPki:
    """The demonstration's keys, and a second person's."""
    made = ensure(tmp_path_factory.mktemp("pki"))
    issuing = demo_pki._authority(made.folder, "issuing")
    other = demo_certificates.signer("Người Khác", issuing, 5, "CCCD:000000000009")
    demo_pki._store(made.folder, "other", other, [issuing.certificate])
    return made


def doors(folder: Path, pki: DemoPki, keys: KeysOptions, options: CertificationOptions = OPTIONS) -> Iterator[Door]:
    copytree(pki.folder, folder / "demo-pki")
    with open_door(folder, keys=keys, trust=TrustOptions(demo="yes"), certification=options, unit="H00") as opened:
        s = opened.sohoa.signatories
        moody = MoodySignatories(s.demo, s.folder, s.trusting, None, s.ring, s.real_keys, s.certifying)
        MoodySignatories.down = False
        object.__setattr__(opened.sohoa, "signatories", moody)
        with opened.sohoa.database.transaction() as uow:
            uow.registers.open("H00", ELECTRONIC, "SCTĐT/BS", "van-thu")
        yield opened


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, pki: DemoPki) -> Iterator[Door]:
    yield from doors(tmp_path_factory.mktemp("desks") / "data", pki, BOTH_AWAY)


@pytest.fixture(autouse=True)
def time_is_told() -> Iterator[None]:
    yield
    MoodySignatories.down = False


def key_of(door: Door, name: str) -> SealKey:
    return door.sohoa.signatories.demo._key(name)


def requested(door: Door) -> dict[str, Any]:
    body = {"record": put_record(door.sohoa).code, "requester_name": NAME, "requester_id": ID}
    made: dict[str, Any] = door.client(Role.CLERK).post("/v1/certifications", json=body).json()
    return made


def attest(door: Door, made: dict[str, Any], name: str) -> Any:
    body = {"clear": CLEAR, "matches": True, "complete": True, "compared_sha256": made["compared_sha256"], "name": name}
    return door.client(Role.CERTIFIER).post(f"/v1/certifications/{made['id']}/attest", json=body)


def work(door: Door) -> None:
    pipeline = Pipeline(door.sohoa)
    while pipeline.work(CERTIFYING):
        pass
    pipeline.close()


def attested(door: Door) -> dict[str, Any]:
    """Attested by the owner of the demonstration's personal key, and waiting for the signature."""
    made = attest(door, requested(door), key_of(door, "clerk").name).json()
    work(door)
    return dict(made)


def seen(door: Door, made: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = door.client(Role.CERTIFIER).get(f"/v1/certifications/{made['id']}").json()
    return found


def line(door: Door, made: dict[str, Any], role: Role) -> dict[str, Any] | None:
    """What waits for the signature of this role on this certification."""
    lines = door.client(role).get("/v1/signing/requests?limit=500").json()["requests"]
    return next((one for one in lines if one["kind"] == "certified_copy" and one["paper_id"] == made["paper_id"]), None)


def prepare(door: Door, request_id: str, key: SealKey, role: Role) -> Any:
    told = {
        "certificate": b64encode(key.certificate).decode(),
        "chain": [b64encode(one).decode() for one in key.chain],
        "requests": [request_id],
    }
    return door.client(role).post("/v1/signing/prepare", json=told).json()


def finish(door: Door, ready: dict[str, Any], key: SealKey, role: Role) -> Any:
    value = b64encode(key.sign(b64decode(ready["attributes"]))).decode()
    body = {"signatures": [{"ticket": ready["ticket"], "signature": value}]}
    return door.client(role).post("/v1/signing/finish", json=body).json()


def sign(door: Door, made: dict[str, Any], name: str, role: Role) -> None:
    """Sign at the desk, and let the worker do what follows."""
    waiting, key = line(door, made, role), key_of(door, name)
    assert waiting is not None
    (ready,) = prepare(door, waiting["id"], key, role)["ready"]
    assert finish(door, ready, key, role)["refused"] == []
    work(door)


def refusal(door: Door, request_id: str, name: str, role: Role) -> str:
    told = prepare(door, request_id, key_of(door, name), role)
    assert told["ready"] == []
    return str(told["refused"][0]["code"])


def numbers(door: Door) -> list[int]:
    with door.sohoa.database.read() as uow:
        (book,) = uow.registers.books("H00")
        return [one.entry.number for one in uow.certifications.entries(RegisterQuery("H00", ELECTRONIC, book.year)) if one.entry]


def issued_and_sound(door: Door, made: dict[str, Any], out: Path) -> None:
    found = seen(door, made)
    assert found["state"] == "issued"
    door.sohoa.objects.fetch(found["issued"]["file"]["sha256"], out)
    verdict = verify(out, door.sohoa.signatories.trust(), BOTH)
    assert verdict.indication is Indication.PASSED
    assert [(one.role, one.level) for one in verdict.signatures] == [(Signer.PERSONAL, "B-LT"), (Signer.AGENCY, "B-LT")]


def test_two_people_sign_at_their_desks_and_the_copy_is_issued(door: Door, tmp_path: Path) -> None:
    made = attested(door)
    assert (seen(door, made)["state"], line(door, made, Role.REGISTRAR)) == ("attested", None), "văn thư is not asked too early"
    assert line(door, made, Role.CLERK) is None, "a clerk does not certify"
    waiting = line(door, made, Role.CERTIFIER)
    assert waiting is not None
    assert (waiting["pages"], f"Chứng thực số {made['number']}," in waiting["title"]) == (2, True)
    assert refusal(door, waiting["id"], "other", Role.CERTIFIER) == "api.certification.other_certifier"
    assert refusal(door, waiting["id"], "agency", Role.CERTIFIER) == "api.certification.other_certifier"
    assert refusal(door, waiting["id"], "clerk", Role.CLERK) == "api.forbidden"
    assert refusal(door, waiting["id"], "agency", Role.REGISTRAR) == "api.forbidden", "the agency does not sign first"
    sign(door, made, "clerk", Role.CERTIFIER)
    assert (seen(door, made)["state"], line(door, made, Role.CERTIFIER)) == ("personally_signed", None)
    waiting = line(door, made, Role.REGISTRAR)
    assert waiting is not None
    assert refusal(door, waiting["id"], "clerk", Role.REGISTRAR) == "signing.role_refused"
    assert refusal(door, waiting["id"], "agency", Role.CERTIFIER) == "api.forbidden"
    release = door.client(Role.REGISTRAR).post(f"/v1/certifications/{made['id']}/release")
    assert (release.status_code, release.json()["code"]) == (409, "api.certification.released_by_signing")
    sign(door, made, "agency", Role.REGISTRAR)
    issued_and_sound(door, made, tmp_path / "issued.pdf")
    with door.sohoa.database.read() as uow:
        told = [(entry.event, entry.actor) for entry in uow.ledger.entries(subject=made["id"]) if "sign" in entry.event]
    assert [event for event, _ in told] == [
        "certification.awaits_signature", "certification.personally_signed", "certification.awaits_signature",
    ]  # fmt: skip
    assert told[1][1] == "demo-certifier"


def test_an_agency_certificate_of_the_named_person_is_refused_by_its_role(door: Door) -> None:
    made = attest(door, requested(door), key_of(door, "agency").name).json()
    work(door)
    waiting = line(door, made, Role.CERTIFIER)
    assert waiting is not None
    assert refusal(door, waiting["id"], "agency", Role.CERTIFIER) == "signing.role_refused"


def test_no_number_without_the_certifiers_name(door: Door) -> None:
    made = requested(door)
    assert attest(door, made, " ").json()["code"] == "api.certification.bad_request"
    assert seen(door, made)["number"] == ""


def test_names_are_compared_as_people_read_them() -> None:
    assert same_name("Nguyễn  Văn Thử", "NGUYỄN VĂN THỬ")
    assert same_name("Nguyê\u0303n Văn Thử", "Nguyễn Văn Thử")
    assert not same_name("Nguyễn Văn Thử", "Nguyễn Văn Thứ")


def test_an_expired_preparation_is_refused_and_made_anew(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    made = attested(door)
    waiting, key = line(door, made, Role.CERTIFIER), key_of(door, "clerk")
    assert waiting is not None
    (ready,) = prepare(door, waiting["id"], key, Role.CERTIFIER)["ready"]
    with monkeypatch.context() as later:
        moment = datetime.now(UTC) + timedelta(minutes=11)
        later.setattr(door.sohoa.database, "_clock", lambda: moment)
        assert finish(door, ready, key, Role.CERTIFIER)["refused"][0]["code"] == "api.signing_expired"
    sign(door, made, "clerk", Role.CERTIFIER)
    assert seen(door, made)["state"] == "personally_signed"


@pytest.mark.parametrize("phase", ["personal", "agency"])
def test_what_is_void_meanwhile_takes_no_signature(door: Door, phase: str) -> None:
    made, (name, role) = attested(door), ("clerk", Role.CERTIFIER)
    if phase == "agency":
        sign(door, made, name, role)
        name, role = "agency", Role.REGISTRAR
    waiting, key = line(door, made, role), key_of(door, name)
    assert waiting is not None
    (ready,) = prepare(door, waiting["id"], key, role)["ready"]
    body = {"reason": "Người yêu cầu không đến nhận"}
    assert door.client(Role.REGISTRAR).post(f"/v1/certifications/{made['id']}/void", json=body).status_code == 403
    url = f"/v1/signing/requests/{waiting['id']}/send-back"
    assert door.client(Role.REGISTRAR).post(url, json=body).status_code == 403, "a number is the certifier's to give up"
    if phase == "agency":
        assert door.client(Role.CERTIFIER).post(f"/v1/certifications/{made['id']}/void", json=body).status_code == 200
    else:
        assert door.client(Role.CERTIFIER).post(url, json=body).status_code == 204
    assert finish(door, ready, key, role)["refused"][0]["code"] == "api.not_awaiting_signature"
    work(door)
    assert (seen(door, made)["state"], seen(door, made)["number"], line(door, made, role)) == ("void", made["number"], None)


def test_a_kill_between_the_phases_loses_nothing_and_takes_no_second_number(door: Door, tmp_path: Path) -> None:
    made = attested(door)
    before = numbers(door)
    waiting, key = line(door, made, Role.CERTIFIER), key_of(door, "clerk")
    assert waiting is not None
    (ready,) = prepare(door, waiting["id"], key, Role.CERTIFIER)["ready"]
    with door.sohoa.database.transaction() as uow:  # somebody lets the step run again
        step = uow.steps.find(StepKind.CERTIFY, made["id"])
        assert step is not None
        assert step.state is StepState.WAITING
        uow.steps.retry(step.id)
    work(door)
    assert finish(door, ready, key, Role.CERTIFIER)["refused"] == [], "what was prepared before stays good"
    assert finish(door, ready, key, Role.CERTIFIER)["refused"][0]["code"] == "api.signing_used"
    with door.sohoa.database.transaction() as uow:  # a worker takes it and dies
        killed = uow.steps.lease_next("dead", 0, kinds=CERTIFYING)
        assert killed is not None
        assert killed.kind is StepKind.CERTIFY
    work(door)
    assert seen(door, made)["state"] == "personally_signed"
    sign(door, made, "agency", Role.REGISTRAR)
    issued_and_sound(door, made, tmp_path / "issued.pdf")
    assert numbers(door) == before


@pytest.mark.parametrize("phase", ["personal", "agency"])
def test_time_stamps_dead_at_the_second_phase_are_waited_for(door: Door, phase: str) -> None:
    made, (name, role, kind) = attested(door), ("clerk", Role.CERTIFIER, StepKind.CERTIFY)
    if phase == "agency":
        sign(door, made, name, role)
        name, role, kind = "agency", Role.REGISTRAR, StepKind.COUNTERSIGN
    state = seen(door, made)["state"]
    waiting, key = line(door, made, role), key_of(door, name)
    assert waiting is not None
    (ready,) = prepare(door, waiting["id"], key, role)["ready"]
    MoodySignatories.down = True
    assert finish(door, ready, key, role)["refused"] == []
    work(door)
    with door.sohoa.database.transaction() as uow:
        step = uow.steps.find(kind, made["id"])
        assert step is not None
        assert (step.state, step.error_code) == (StepState.READY, "signing.timestamp_pending")
        assert uow.signing.get(waiting["id"]).state.value == "signed"
        uow.work.connection.exec_driver_sql("UPDATE steps SET due_at = '2020-01-01 00:00:00' WHERE state = 'ready'")
    assert (seen(door, made)["state"], line(door, made, role)) == (state, None), "never a lower level, nobody signs twice"
    MoodySignatories.down = False
    work(door)
    assert seen(door, made)["state"] == {"personal": "personally_signed", "agency": "issued"}[phase]


def test_one_person_does_not_put_both_signatures_unless_configured(door: Door) -> None:
    made = attested(door)
    sign(door, made, "clerk", Role.CERTIFIER)
    waiting, key = line(door, made, Role.REGISTRAR), key_of(door, "agency")
    assert waiting is not None
    both = Principal("demo-certifier", Role.ADMIN)
    _, (refused,) = SigningDesk(door.sohoa).prepare([waiting["id"]], key.certificate, key.chain, both)
    assert isinstance(refused.error, SameHand)
    settings = door.sohoa.settings.model_copy(update={"certification": OPTIONS.model_copy(update={"one_hand": True})})
    ready, _ = SigningDesk(replace(door.sohoa, settings=settings)).prepare([waiting["id"]], key.certificate, key.chain, both)
    assert ready


@pytest.mark.parametrize("away", ["certifier", "agency"])
def test_one_key_at_a_desk_and_the_other_at_the_server(tmp_path: Path, pki: DemoPki, away: str) -> None:
    """The certifier's key is another than the clerk's; each may live where its owner wants."""
    folder = pki.folder / "keys"
    here = {
        name: KeyOptions(holder=Holder.PKCS12, file=folder / f"{name}.p12", secret_file=folder / "passphrase")
        for name in ("other", "agency")
    }
    away_certifier = KeysOptions(certifier=DESK, agency=here["agency"])
    away_agency = KeysOptions(certifier=here["other"], agency=DESK)
    keys = away_certifier if away == "certifier" else away_agency
    options = OPTIONS.model_copy(update={"agency_confirms": False})
    for door in doors(tmp_path / "data", pki, keys, options):
        made, name = requested(door), key_of(door, "other").name
        if away == "agency":
            assert attest(door, made, "Nguyễn Văn Thử").json()["code"] == "api.certification.other_certifier"
        attest(door, made, name if away == "certifier" else "")
        work(door)
        if away == "certifier":
            waiting = line(door, made, Role.CERTIFIER)
            assert waiting is not None
            assert refusal(door, waiting["id"], "clerk", Role.CERTIFIER) == "api.certification.other_certifier"
            sign(door, made, "other", Role.CERTIFIER)
        else:
            sign(door, made, "agency", Role.REGISTRAR)
        issued_and_sound(door, made, tmp_path / "issued.pdf")
        assert CertificationDesk(door.sohoa).get(made["id"]).personal.signer == name  # type: ignore[union-attr]
