"""Retention at the doors: what falls due, holds, disposal by the word of two people, certificates; own units only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from api.access.permissions import Role
from api.access.tokens import issue
from api.keeping import disposing
from api.keeping.retention_options import RetentionOptions
from storage.model import Record, RecordState
from tests.world.door import OWNER, Door, open_door, put_record
from tests.world.people import csrf_in

SCHEDULE = """[default]
years = "permanent"
basis = "none"
verified = false
[type.application_form]
years = 10
basis = "Danh mục 2025"
verified = true
"""
LONG_AGO = datetime(2009, 3, 1, tzinfo=UTC)
WHY = {"reason": "hết thời hạn"}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder: Path = tmp_path_factory.mktemp("keeping")
    (folder / "schedule.toml").write_text(SCHEDULE, encoding="utf-8")
    options = RetentionOptions(schedule=str(folder / "schedule.toml"))
    with open_door(folder / "data", unit="H00", retention=options) as opened:
        yield opened


@pytest.fixture
def record(door: Door) -> Record:
    return put_record(door.sohoa, unit="H00", created_at=LONG_AGO, paper_type="application_form")


def of_unit(door: Door, role: Role, unit: str = "H00", *, pages: bool = False) -> TestClient:
    secret = issue(door.sohoa.database, f"{role}-{unit}-{uuid4().hex}", role, unit=unit)
    headers = {"Accept": "text/html"} if pages else {"Authorization": f"Bearer {secret}"}
    client = TestClient(door.app, headers=headers, raise_server_exceptions=False, follow_redirects=False)
    if pages:
        client.get(f"/?token={secret}")
    return client


def state(door: Door, record: Record) -> RecordState:
    with door.sohoa.database.read() as uow:
        return uow.records.get(record.code).state


def test_one_asks_another_approves_and_the_certificate_can_be_had(door: Door, record: Record) -> None:
    registrar, officer, auditor = (of_unit(door, role) for role in (Role.REGISTRAR, Role.OFFICER, Role.AUDITOR))
    young = put_record(door.sohoa, unit="H00", paper_type="application_form")
    due = registrar.get("/v1/keeping/due?within_days=0").json()
    [line] = [one for one in due if one["record"] == record.code]
    assert (line["until"], line["basis"], line["verified"]) == ("2019-12-31", "Danh mục 2025", True)
    assert OWNER not in line["record_shown"]
    assert young.code not in {one["record"] for one in due}
    asked = registrar.post("/v1/keeping/disposals", json={"record": record.code, **WHY})
    assert asked.status_code == 201, asked.text
    assert registrar.post("/v1/keeping/disposals", json={"record": record.code, **WHY}).json()["code"] == "api.disposal.asked"
    early = registrar.post("/v1/keeping/disposals", json={"record": young.code, **WHY})
    assert (early.status_code, early.json()["code"]) == (409, "api.disposal.still_retained")
    address = f"/v1/keeping/disposals/{asked.json()['id']}"
    for role in (Role.REGISTRAR, Role.AUDITOR, Role.CLERK):
        assert of_unit(door, role).post(f"{address}/approve", json=WHY).status_code == 403
    assert auditor.get(f"{address}/certificate").status_code == 404, "there is none yet"
    assert officer.post(f"{address}/approve", json={"reason": " "}).json()["code"] == "api.disposal.reason_missing"
    assert officer.post(f"{address}/approve", json=WHY).json()["state"] == "approved"
    assert state(door, record) is RecordState.DISPOSED
    disposing.sweep(door.sohoa, grace=timedelta(0))
    [told] = [one for one in auditor.get("/v1/keeping/disposals").json() if one["record"] == record.code]
    assert (told["state"], told["certified"]) == ("disposed", True)
    sheet = auditor.get(f"{address}/certificate")
    assert (sheet.status_code, sheet.content[:5]) == (200, b"%PDF-")
    with door.sohoa.database.read() as uow:
        last = uow.ledger.entries(subject=record.paper_id)[-1]
    assert (last.event, last.details["part"]) == ("record.downloaded", "certificate of disposal")
    assert f'href="{address}/certificate"' in of_unit(door, Role.AUDITOR, pages=True).get("/keeping").text


def test_nobody_approves_what_they_asked_for(door: Door, record: Record) -> None:
    chief = of_unit(door, Role.ADMIN)
    asked = chief.post("/v1/keeping/disposals", json={"record": record.code, **WHY}).json()["id"]
    refused = chief.post(f"/v1/keeping/disposals/{asked}/approve", json=WHY)
    assert refused.json()["code"] == "api.access.duties_apart"
    assert state(door, record) is RecordState.IN_FORCE


def test_a_hold_keeps_a_record_whatever_its_term_says(door: Door, record: Record) -> None:
    registrar, officer = of_unit(door, Role.REGISTRAR), of_unit(door, Role.OFFICER)
    assert officer.post("/v1/keeping/holds", json={"record": record.code, **WHY}).status_code == 403
    held = registrar.post("/v1/keeping/holds", json={"record": record.code, "reason": "đang tranh chấp"})
    assert held.status_code == 201, held.text
    hold = held.json()["id"]
    assert (
        registrar.post("/v1/keeping/disposals", json={"record": record.code, **WHY}).json()["code"] == "api.disposal.under_hold"
    )
    assert [one["id"] for one in officer.get("/v1/keeping/holds").json() if one["record"] == record.code] == [hold]
    assert of_unit(door, Role.REGISTRAR, "H99").post(f"/v1/keeping/holds/{hold}/lift", json=WHY).status_code == 404
    assert registrar.post(f"/v1/keeping/holds/{hold}/lift", json=WHY).json()["lifted_reason"] == WHY["reason"]
    assert registrar.post(f"/v1/keeping/holds/{hold}/lift", json=WHY).status_code == 409
    asked = registrar.post("/v1/keeping/disposals", json={"record": record.code, **WHY}).json()["id"]
    assert officer.post(f"/v1/keeping/disposals/{asked}/refuse", json=WHY).json()["state"] == "refused"
    assert state(door, record) is RecordState.IN_FORCE


def test_to_another_unit_none_of_it_is_there(door: Door, record: Record) -> None:
    asked = of_unit(door, Role.REGISTRAR).post("/v1/keeping/disposals", json={"record": record.code, **WHY}).json()["id"]
    other = of_unit(door, Role.ADMIN, "H99")
    for part in ("due", "holds", "disposals"):
        assert other.get(f"/v1/keeping/{part}").json() == [], part
    address = f"/v1/keeping/disposals/{asked}"
    assert [other.post(f"{address}/{act}", json=WHY).status_code for act in ("approve", "refuse")] == [404, 404]
    assert other.get(f"{address}/certificate").status_code == 404
    assert other.post("/v1/keeping/holds", json={"record": record.code, **WHY}).status_code == 403
    page = of_unit(door, Role.ADMIN, "H99", pages=True)
    form = {"csrf": csrf_in(page.get("/keeping").text), "how": "approve", **WHY}
    assert page.post(f"/keeping/disposals/{asked}/decide", data=form).status_code == 404
    assert state(door, record) is RecordState.IN_FORCE


def test_the_page_does_the_same_without_a_script(door: Door, record: Record) -> None:
    registrar, officer = (of_unit(door, role, pages=True) for role in (Role.REGISTRAR, Role.OFFICER))
    shown = registrar.get("/keeping?within=0").text
    assert 'action="/keeping/ask"' in shown
    assert f'value="{record.code}"' in shown
    assert "/decide" not in shown
    form = {"csrf": csrf_in(shown), "record": record.code}
    assert registrar.post("/keeping/ask", data=form | {"reason": " "}).status_code == 422
    assert registrar.post("/keeping/hold", data=form | {"reason": "giữ"}).status_code == 303
    refused = registrar.post("/keeping/ask", data=form | WHY)
    assert (refused.status_code, "đang bị giữ" in refused.text) == (409, True)
    hold = registrar.get("/keeping").text.split("/keeping/holds/")[1].split("/")[0]
    assert registrar.post(f"/keeping/holds/{hold}/lift", data=form | WHY).status_code == 303
    assert registrar.post("/keeping/ask", data=form | WHY).status_code == 303
    for lang, word in (("en", "Approve disposal"), ("vi", "Duyệt tiêu hủy")):
        officer.get(f"/language/{lang}")
        seen = officer.get("/keeping").text
        assert word in seen
        assert 'action="/keeping/ask"' not in seen
    row = next(part for part in seen.split("<tr>") if record.code[-6:] in part and "/decide" in part)
    disposal = row.split("/keeping/disposals/")[1].split("/")[0]
    decision = {"csrf": csrf_in(seen), **WHY}
    assert officer.post(f"/keeping/disposals/{disposal}/decide", data=decision | {"how": "burn"}).status_code == 422
    assert registrar.post(f"/keeping/disposals/{disposal}/decide", data=decision | {"how": "approve"}).status_code == 403
    assert officer.post(f"/keeping/disposals/{disposal}/decide", data=decision | {"how": "approve"}).status_code == 303
    assert state(door, record) is RecordState.DISPOSED
    assert of_unit(door, Role.CLERK, pages=True).get("/keeping").status_code == 403
