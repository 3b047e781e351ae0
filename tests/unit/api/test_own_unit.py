"""What is under way belongs to its unit: to others it is not there, at any door. Finished records are for reuse by all."""

from __future__ import annotations

import io
from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from api.access.permissions import Role
from api.access.tokens import issue
from api.intake.receiving import Intake
from api.pipeline.engine import Pipeline
from signing.certify_errors import BadWording
from storage.model import CERTIFYING, Paper, PaperState, Step, StepKind
from storage.registers import RegisterKind
from tests.unit.api.test_attention import fail
from tests.unit.api.test_certification_door import OPTIONS, ask, attest
from tests.world.door import Door, open_door, put_paper, put_record

REASON = {"reason": "Hỏng khóa"}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("units"), certification=OPTIONS, unit="H00") as opened:
        with opened.sohoa.database.transaction() as uow:
            uow.registers.open("H00", RegisterKind.ELECTRONIC, "SCTĐT/BS", "van-thu")
        yield opened


def foreign(door: Door, role: Role, unit: str = "H99", *, pages: bool = False) -> TestClient:
    """Somebody of another unit; with `pages`, in a browser."""
    secret = issue(door.sohoa.database, f"foreign-{role}-{uuid4().hex}", role, unit=unit)
    headers = {"Accept": "text/html"} if pages else {"Authorization": f"Bearer {secret}"}
    client = TestClient(door.app, headers=headers, raise_server_exceptions=False)
    if pages:
        client.get(f"/?token={secret}")
    return client


def csrf(client: TestClient) -> str:
    return str(client.get("/upload").text.split('name="csrf" value="')[1].split('"')[0])


@pytest.fixture
def paper(door: Door) -> Paper:
    return put_paper(door.sohoa)


@pytest.fixture
def failed(door: Door) -> Step:
    """A file of the unit that could not be identified."""
    batch = Intake(door.sohoa).create_batch(actor="demo-clerk")
    row = Intake(door.sohoa).receive(batch.id, "hỏng.tif", io.BytesIO(batch.id.encode()), actor="demo-clerk")
    return fail(door.sohoa, StepKind.IDENTIFY, row.id)


def test_a_certifier_of_another_unit_voids_no_number(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    made = attest(door, ask(door)).json()

    def gone(*_: object) -> None:
        raise BadWording(what="gone")

    with monkeypatch.context() as broken:
        broken.setattr("api.pipeline.certifying.wording_named", gone)
        pipeline = Pipeline(door.sohoa)
        while pipeline.work(CERTIFYING):
            pass
        pipeline.close()
    with door.sohoa.database.read() as uow:
        step = uow.steps.find(StepKind.CERTIFY, made["id"])
    assert step is not None
    other, own = foreign(door, Role.CERTIFIER), door.client(Role.CERTIFIER)
    assert other.get("/v1/attention").json() == []
    assert [line["step_id"] for line in own.get("/v1/attention").json()] == [step.id]
    assert other.post(f"/v1/attention/{step.id}/give-up", json=REASON).status_code == 404
    assert other.post(f"/v1/attention/{step.id}/retry").status_code == 404
    assert own.get(f"/v1/certifications/{made['id']}").json()["state"] == "attested"
    assert own.post(f"/v1/attention/{step.id}/give-up", json=REASON).status_code == 204
    assert own.get(f"/v1/certifications/{made['id']}").json()["state"] == "void"


def test_failures_of_another_unit_are_not_there(door: Door, failed: Step) -> None:
    other = foreign(door, Role.CLERK)
    address = f"/v1/attention/{failed.id}"
    assert other.get("/v1/attention", params={"batch": failed.batch_id}).json() == []
    answers = [
        other.post(f"{address}/retry"),
        other.post(f"{address}/give-up", json=REASON),
        other.post(f"{address}/replace", files={"file": ("x.tif", b"new")}),
    ]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(404, "storage.not_found")] * 3
    for everyone in (foreign(door, Role.ADMIN, ""), foreign(door, Role.CLERK, ""), door.client()):
        lines = everyone.get("/v1/attention", params={"batch": failed.batch_id}).json()
        assert [line["step_id"] for line in lines] == [failed.id]
    assert foreign(door, Role.ADMIN, "").post(f"{address}/retry").status_code == 204


def test_batches_of_another_unit_are_not_there(door: Door, failed: Step) -> None:
    other, address = foreign(door, Role.CLERK), f"/v1/batches/{failed.batch_id}"
    assert other.get("/v1/batches").json() == []
    answers = [
        other.get(address),
        other.get(f"{address}/events"),
        other.post(f"{address}/files", files={"files": ("x.tif", b"new")}),
        other.put(f"{address}/files/{'0' * 64}", params={"name": "x.tif"}, content=b"new"),
    ]
    assert [one.status_code for one in answers] == [404] * 4
    assert door.client().get(address).status_code == 200


def test_papers_under_way_are_their_units_alone(door: Door, paper: Paper) -> None:
    other, address = foreign(door, Role.CLERK), f"/v1/papers/{paper.id}"
    known = door.client().get(f"{address}/pages/0.jpg").headers["etag"]
    answers = [
        other.get(address),
        other.get(f"{address}/fields"),
        other.get(f"{address}/pages/0.jpg"),
        other.get(f"{address}/pages/0.jpg", headers={"If-None-Match": known}),
        other.get(f"{address}/pages/0/words"),
        other.post(f"{address}/review", json={"version": paper.version, "values": {}}),
        other.post(f"{address}/send-back", json={"version": paper.version, **REASON}),
    ]
    assert [one.status_code for one in answers] == [404] * 7
    assert foreign(door, Role.AUDITOR, "").get(address).status_code == 200
    with door.sohoa.database.read() as uow:
        assert uow.papers.get(paper.id).state is PaperState.REVIEW


def test_the_pages_follow_the_same_rule(door: Door, paper: Paper, failed: Step) -> None:
    other = foreign(door, Role.CLERK, pages=True)
    form = {"csrf": csrf(other), "reason": "x", "version": str(paper.version), "next": "/"}
    assert failed.id not in other.get("/attention").text
    assert failed.batch_id not in other.get("/batches").text
    assert paper.id not in other.get("/review").text
    answers = [
        other.get(f"/batches/{failed.batch_id}"),
        other.post(f"/batches/{failed.batch_id}/files", data=form, files={"files": ("x.tif", b"new")}),
        other.post(f"/attention/{failed.id}/retry", data=form),
        other.post(f"/attention/{failed.id}/give-up", data=form),
        other.post(f"/attention/{failed.id}/replace", data=form, files={"file": ("x.tif", b"new")}),
        other.get(f"/review/{paper.id}"),
        other.post(f"/review/{paper.id}", data=form),
        other.post(f"/review/{paper.id}/send-back", data=form),
    ]
    assert [one.status_code for one in answers] == [404] * 8
    own = door.browser()
    assert failed.id in own.get("/attention").text
    assert paper.id in own.get("/review").text


def test_a_record_is_for_reuse_by_every_unit_and_each_look_is_written_down(door: Door) -> None:
    record = put_record(door.sohoa)
    officer = foreign(door, Role.OFFICER)
    assert officer.get(f"/v1/records/{record.code}?purpose=H99-1").status_code == 200
    assert officer.get(f"/v1/papers/{record.paper_id}/pages/0.jpg?purpose=H99-1").status_code == 200
    assert officer.get(f"/v1/records/{record.code}/sealed?purpose=H99-1").status_code == 200
    with door.sohoa.database.read() as uow:
        told = [entry for entry in uow.ledger.entries(subject=record.paper_id) if entry.actor.startswith("foreign")]
    assert {entry.event for entry in told} == {"record.viewed", "page.viewed", "record.downloaded"}
    assert all(entry.details["purpose"] == "H99-1" for entry in told)
