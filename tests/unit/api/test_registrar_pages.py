"""Văn thư's pages: the agency's signature on many at once, copies, register books, the yearly lock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from api.access.permissions import Role
from api.certification.checks import Attested, Wanted
from api.certification.desk import CertificationDesk
from api.certification.options import CertificationOptions
from api.pipeline.engine import Pipeline
from signing.grounds import grounds
from storage.model import CERTIFYING
from storage.records.database import Database
from storage.registers import Certification, CertificationState, Ending, Entry, RegisterKind
from tests.world.door import Door, open_door, put_record

OPTIONS = CertificationOptions(agency_name="UBND xã Tân Phước", certifier_title="CHỦ TỊCH", agency_confirms=True)
LAST_YEAR = datetime.now(UTC).year - 1


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("registrar") / "data", certification=OPTIONS, unit="H00") as opened:
        seed_last_year(opened)
        yield opened


@pytest.fixture(scope="module")
def van_thu(door: Door) -> TestClient:
    return door.browser(Role.REGISTRAR)


def token(client: TestClient, address: str = "/verify") -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', client.get(address).text)
    assert found is not None
    return found.group(1)


def act(client: TestClient, address: str, **said: str) -> Any:
    return client.post(address, data={"csrf": token(client)} | said)


def personally_signed(door: Door, count: int) -> list[Certification]:
    desk = CertificationDesk(door.sohoa)
    clear = Attested(frozenset(grounds()), matches=True, complete=True)
    made = [
        desk.request(put_record(door.sohoa).code, Wanted("Trần Thị Mẫu", "000000000012"), actor="clerk") for _ in range(count)
    ]
    for one in made:
        desk.attest(one.id, clear, actor="certifier")
    work(door)
    return [desk.get(one.id) for one in made]


def work(door: Door) -> None:
    pipeline = Pipeline(door.sohoa)
    while pipeline.work(CERTIFYING):
        pass
    pipeline.close()


def test_books_are_opened_and_closed(door: Door, van_thu: TestClient) -> None:
    assert f"01/{LAST_YEAR}-SCTĐT/BS" in van_thu.get("/registers").text
    assert act(van_thu, "/registers/close", kind="paper").status_code == 409
    opened = act(van_thu, "/registers/open", kind="electronic")
    assert f"01/{LAST_YEAR + 1}-SCTĐT/BS" in opened.text
    assert "Đóng quyển đang mở" in opened.text
    assert act(van_thu, "/registers/open", kind="electronic").status_code == 409
    assert act(van_thu, "/registers/burn").status_code == 422
    assert act(door.browser(Role.AUDITOR), "/registers/open", kind="electronic").status_code == 403


def test_many_are_released_at_once_and_one_that_cannot_be_holds_nobody_back(door: Door, van_thu: TestClient) -> None:
    first, second, gone = personally_signed(door, 3)
    shown = van_thu.get("/release").text
    assert shown.count('type="checkbox"') == 3
    assert act(van_thu, "/release").status_code == 422, "nothing was chosen"
    CertificationDesk(door.sohoa).void(gone.id, "rút", actor="certifier")
    answer = van_thu.post("/release", data={"csrf": token(van_thu), "certification": [first.id, gone.id, second.id]})
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    work(door)
    desk = CertificationDesk(door.sohoa)
    assert {desk.get(one.id).state for one in (first, second)} == {CertificationState.ISSUED}
    year = first.entry.year if first.entry else 0
    entries = van_thu.get(f"/registers/electronic/{year}").text
    assert "••• Mẫu" in entries
    assert "Trần Thị" not in entries
    assert 'class="struck"' in entries
    assert "Hủy số: rút" in entries
    only = van_thu.get(f"/registers/electronic/{year}?state=void").text
    assert "1 số" in only
    assert first.id not in only
    assert first.id in van_thu.get(f"/registers/electronic/{year}?q=1&month={datetime.now(UTC).month}").text
    assert "Không có việc" in van_thu.get(f"/registers/electronic/{year}?q=khong-co").text
    assert van_thu.get(f"/v1/registers/electronic/{year}/csv").content.count(b"\n") == 4


def test_a_year_is_locked_by_typing_it(van_thu: TestClient) -> None:
    address = f"/registers/electronic/{LAST_YEAR}"
    assert "Gõ «KHÓA SỔ" in van_thu.get(f"{address}").text
    refused = act(van_thu, f"{address}/lock", confirmation="khoa so")
    assert refused.status_code == 422
    assert "Gõ «KHÓA SỔ" in refused.text
    locked = act(van_thu, f"{address}/lock", confirmation=f"KHÓA SỔ {LAST_YEAR}")
    assert "Đã khóa sổ" in locked.text
    assert "Gõ «" not in locked.text
    assert act(van_thu, f"{address}/lock", confirmation=f"KHÓA SỔ {LAST_YEAR}").status_code == 409
    assert act(van_thu, f"/registers/electronic/{LAST_YEAR + 1}/lock", confirmation=f"KHÓA SỔ {LAST_YEAR + 1}").status_code == 409


def seed_last_year(door: Door) -> None:
    """A book of last year with one void number, written as it would have been then."""
    record = put_record(door.sohoa)
    then = datetime(LAST_YEAR, 5, 4, 3, tzinfo=UTC)
    asked = CertificationDesk(door.sohoa).request(record.code, Wanted("Lê Văn Mẫu", "000000000034"), actor="clerk")
    before = Database(door.sohoa.settings.effective_database_url, clock=lambda: then)
    try:
        with before.transaction() as uow:
            book = uow.registers.open("H00", RegisterKind.ELECTRONIC, "SCTĐT/BS", "van-thu")
    finally:
        before.close()
    with door.sohoa.database.transaction() as uow:
        entry = Entry(book.id, book.label, LAST_YEAR, 1, then.date())
        ending = Ending("nhập nhầm", "certifier", then)
        void = replace(asked, id=uuid4().hex, entry=entry, state=CertificationState.VOID, ending=ending, version=0)
        uow.certifications.add(void)


def test_a_copy_is_issued_and_another_only_when_asked(door: Door, van_thu: TestClient) -> None:
    missing = van_thu.get("/copies?record=nothing")
    assert missing.status_code == 404
    assert act(door.browser(Role.CLERK), "/copies", record="x").status_code == 403
    record = put_record(door.sohoa)
    shown = van_thu.get("/copies", params={"record": record.code}).text
    assert "Chưa cấp bản sao nào" in shown
    refused = act(van_thu, "/copies", record=record.code, form="sao_y")
    assert refused.status_code >= 400, "the record of this test holds no real PDF to sign"
    assert 'role="alert"' in refused.text
    assert act(van_thu, "/copies", record=record.code, form="photo").status_code == 422
