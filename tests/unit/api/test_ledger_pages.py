"""The auditor's look into the ledger and the access log: what is found, masked, noted, and kept from other units."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from api.access.permissions import PERMISSIONS, Action, Principal, Role
from api.access.privacy import note_access
from api.audit.ledger_desk import AccessQuery, By, accesses, explore, masked, summed
from storage.model import Record
from storage.registers import today_in_vietnam
from storage.trail import LedgerQuery
from tests.world.door import OWNER, Door, open_door, put_record

AUDITOR = Principal("demo-auditor", Role.AUDITOR)
OFFICER, OTHER = Principal("an", Role.OFFICER, "H00"), Principal("binh", Role.OFFICER, "H09")


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("ledger") / "data", unit="H00") as opened:
        yield opened


@pytest.fixture(scope="module")
def record(door: Door) -> Record:
    """A record that an opened twice for one dossier and bình once for nothing told; another of another unit."""
    mine, other = put_record(door.sohoa), put_record(door.sohoa, unit="H09")
    note_access(door.sohoa, "record.viewed", mine.paper_id, OFFICER, "H55.242-261122-0001")
    note_access(door.sohoa, "record.downloaded", mine.paper_id, OFFICER, "H55.242-261122-0001", part="sealed")
    note_access(door.sohoa, "record.viewed", mine.paper_id, OTHER)
    note_access(door.sohoa, "record.viewed", other.paper_id, OTHER, "kiểm tra")
    return mine


def query(door: Door, **more: str) -> AccessQuery:
    with door.sohoa.database.read() as uow:
        today = today_in_vietnam(uow.now())
    return AccessQuery(today - timedelta(days=1), today + timedelta(days=1), **more)


def test_who_opened_whose_papers_for_what(door: Door, record: Record) -> None:
    shown = door.browser(Role.AUDITOR).get("/access", params={"about": record.code})
    assert shown.text.count("<td>an ") == 2
    assert "H55.242-261122-0001" in shown.text
    assert "Quyết định" in shown.text
    assert OWNER not in shown.text.replace(f'value="{record.code}"', "").replace(record.code, "")
    by_owner = accesses(door.sohoa, query(door, about=OWNER), AUDITOR).found
    assert {one.entry.actor for one in by_owner} == {"an", "binh"}


def test_accesses_are_put_together_by_person_paper_purpose_unit_and_day(door: Door, record: Record) -> None:
    found = accesses(door.sohoa, query(door, about=record.code), AUDITOR).found
    assert [(one.key, one.accesses, one.people, one.subjects) for one in summed(found, By.PERSON)] == [
        ("an", 2, 1, 1),
        ("binh", 1, 1, 1),
    ]
    assert [(one.key, one.accesses) for one in summed(found, By.PURPOSE)] == [("H55.242-261122-0001", 2), ("", 1)]
    assert [(one.key, one.accesses) for one in summed(found, By.UNIT)] == [("H00", 2), ("H09", 1)]
    assert [one.accesses for one in summed(found, By.DAY)] == [3]
    (one,) = summed(found, By.RECORD)
    assert one.people == 2
    page = door.browser(Role.AUDITOR).get("/access", params={"by": "person", "about": record.code}).text
    assert '<th scope="row">an</th>' in page


def test_purpose_and_unit_narrow(door: Door, record: Record) -> None:
    assert record.code
    by_purpose = accesses(door.sohoa, query(door, purpose="h55.242"), AUDITOR).found
    assert {one.entry.actor for one in by_purpose} == {"an"}
    of_unit = accesses(door.sohoa, query(door, unit="H09"), AUDITOR).found
    assert {one.entry.actor for one in of_unit} == {"binh"}
    assert accesses(door.sohoa, query(door, actor="nobody"), AUDITOR).found == ()


def test_whoever_oversees_one_unit_sees_what_concerns_it_and_no_more(door: Door, record: Record) -> None:
    assert record.code
    of_unit = Principal("kiem-tra-h00", Role.AUDITOR, "H00")
    found = accesses(door.sohoa, query(door), of_unit).found
    assert all("H00" in {one.detail("unit"), one.about.unit if one.about else ""} for one in found)
    assert "kiểm tra" not in {one.detail("purpose") for one in found}
    shown = explore(door.sohoa, LedgerQuery(limit=50), of_unit)
    assert any(not one.open for one in shown), "entries of another unit keep their links and nothing else"


def test_looking_is_itself_noted(door: Door) -> None:
    client = door.browser(Role.AUDITOR)
    client.get("/access?actor=an")
    client.get("/access.csv")
    client.get("/ledger?event=record.")
    with door.sohoa.database.read() as uow:
        events = [entry.event for entry in uow.ledger.find(LedgerQuery(subjects=("ledger",)))]
    assert events[:3] == ["ledger.read", "access_log.read", "access_log.read"]


def test_the_ledger_shows_every_entry_with_its_links(door: Door, record: Record) -> None:
    client = door.browser(Role.AUDITOR)
    shown = client.get("/ledger", params={"subject": record.paper_id}).text
    with door.sohoa.database.read() as uow:
        entries = uow.ledger.of_subjects([record.paper_id])
    assert all(entry.hash in shown and entry.previous in shown for entry in entries)
    assert OWNER not in shown
    assert "Chưa có mốc neo nào" in shown
    assert "record.viewed" in client.get("/ledger?event=record.").text
    assert "Không có dòng nào" in client.get("/ledger?first=2030-01-01").text


def test_older_entries_are_a_press_away(door: Door) -> None:
    with door.sohoa.database.transaction() as uow:
        for place in range(120):
            uow.ledger.append("test.made", f"t{place}", "test")
    first = door.browser(Role.AUDITOR).get("/ledger?event=test.made").text
    assert "t119" in first
    assert "below=" in first
    below = first.split("below=")[1].split('"')[0]
    assert "t0<" in door.browser(Role.AUDITOR).get(f"/ledger?event=test.made&below={below}").text


def test_the_table_opens_in_spreadsheet_programs(door: Door, record: Record) -> None:
    answer = door.browser(Role.AUDITOR).get("/access.csv", params={"about": record.code})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.text.count("\r\n") == 4
    assert OWNER not in answer.text


@pytest.mark.parametrize("role", [role for role in Role if Action.LEDGER_READ not in PERMISSIONS[role]])
def test_nobody_else_gets_in(door: Door, role: Role) -> None:
    client = door.browser(role)
    assert [client.get(address).status_code for address in ("/ledger", "/access", "/access.csv")] == [403] * 3


def test_identifiers_are_masked_and_hashes_are_not() -> None:
    assert masked(f"owner {OWNER}") == "owner ••••••••1234"
    sha = "a" + "1" * 12 + "b" * 51
    assert masked(sha) == sha


def test_days_and_places_beyond_all_use_are_answered(door: Door) -> None:
    client = door.browser(Role.AUDITOR)
    odd = ["/ledger?last=9999-12-31", "/ledger?first=0001-01-01", "/access?last=9999-12-31", "/access?last=0001-01-01"]
    odd += ["/access.csv?first=0001-01-01&last=9999-12-31", "/v1/review/figures?since=0001-01-01&until=9999-12-31"]
    assert {address: client.get(address).status_code for address in odd} == dict.fromkeys(odd, 200)
    assert client.get(f"/ledger?below={10**30}").status_code == 422
