"""Access levels and purposes hold at every door, and each look says what it was for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from api.access.levels import levels
from api.access.permissions import Principal, Role
from api.access.privacy_errors import PurposeMissing
from api.access.privacy_options import PrivacyOptions
from api.access.purposes import accepted, opened, purposes, sealed
from api.access.tokens import issue
from api.records.export import export
from signing.report import VIETNAM
from storage.access_levels import AccessLevel
from storage.errors import BadCatalogue
from storage.model import Record
from tests.world.door import OWNER, Door, open_door, put_record
from tests.world.people import csrf_in

DOSSIER = "H55.242-261122-0001"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("privacy"), unit="H00") as opened_door:
        yield opened_door


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    options = PrivacyOptions(purpose_required=True)
    with open_door(tmp_path_factory.mktemp("strict"), unit="H00", privacy=options) as opened_door:
        yield opened_door


@pytest.fixture
def restricted(door: Door) -> Record:
    return put_record(door.sohoa, "Trích lục khai sinh bí ẩn", access=AccessLevel.RESTRICTED)


def of_unit(door: Door, role: Role, unit: str) -> TestClient:
    secret = issue(door.sohoa.database, f"{role}-{unit}-{uuid4().hex}", role, unit=unit)
    return TestClient(door.app, headers={"Authorization": f"Bearer {secret}"}, raise_server_exceptions=False)


def with_purpose(address: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}purpose={DOSSIER}"


def addresses(record: Record) -> list[str]:
    code, paper = f"/v1/records/{record.code}", f"/v1/papers/{record.paper_id}"
    parts = [f"{code}/original", f"{code}/sealed", f"{code}/evidence", f"{code}/journal", code]
    return [
        *parts,
        paper,
        f"{paper}/fields",
        f"{paper}/pages/0.jpg",
        f"{paper}/pages/0/words",
        f"/v1/copies?record={record.code}",
    ]


def test_a_restricted_record_is_not_there_for_another_unit(door: Door, restricted: Record) -> None:
    other = of_unit(door, Role.OFFICER, "H99")
    assert [other.get(with_purpose(one)).status_code for one in addresses(restricted)] == [404] * 10
    picture = with_purpose(addresses(restricted)[7])
    known = of_unit(door, Role.OFFICER, "H00").get(picture).headers["etag"]
    assert other.get(picture, headers={"If-None-Match": known}).status_code == 404
    found = other.get("/v1/records", params={"q": "khai sinh bí ẩn", "purpose": DOSSIER}).json()
    assert (found["total"], found["hits"]) == (0, [])


def test_in_its_unit_it_needs_the_role_and_a_purpose(door: Door, restricted: Record) -> None:
    officer, clerk = of_unit(door, Role.OFFICER, "H00"), of_unit(door, Role.CLERK, "H00")
    for address in addresses(restricted):
        silent, told = officer.get(address), officer.get(with_purpose(address))
        assert (silent.status_code, silent.json()["code"]) == (422, "api.purpose_missing")
        assert told.status_code == 200, address
        assert clerk.get(with_purpose(address)).status_code == 403
    unknown = officer.get(addresses(restricted)[4], params={"purpose": "tò mò"}).json()
    assert unknown["code"] == "api.purpose_unknown"
    with door.sohoa.database.read() as uow:
        looks = [entry for entry in uow.ledger.entries(subject=restricted.paper_id) if entry.actor.startswith("officer-H00")]
    assert len(looks) == 10
    assert {entry.details["purpose"] for entry in looks} == {DOSSIER}


def test_it_is_exported_for_a_purpose_only(door: Door, restricted: Record, tmp_path: Path) -> None:
    with pytest.raises(PurposeMissing):
        export(door.sohoa, restricted.code, tmp_path, actor="admin")
    assert export(door.sohoa, restricted.code, tmp_path, actor="admin", purpose="thanh-tra").files


def test_where_a_purpose_is_required_nothing_is_searched_or_opened_without(strict: Door) -> None:
    record = put_record(strict.sohoa)
    officer = strict.client(Role.OFFICER)
    for address in ("/v1/records?q=quyet", *addresses(record)):
        assert officer.get(address).json()["code"] == "api.purpose_missing", address
        assert officer.get(with_purpose(address)).status_code == 200
    public = put_record(strict.sohoa, access=AccessLevel.PUBLIC)
    assert officer.get(f"/v1/records/{public.code}").status_code == 200


def test_the_pages_ask_once_and_carry_it_through_the_session(strict: Door) -> None:
    record, browser = put_record(strict.sohoa), strict.browser(Role.OFFICER)
    sent = browser.get(f"/records/{record.code}?purpose=xyz", follow_redirects=False)
    assert (sent.status_code, sent.headers["location"]) == (303, f"/purpose?next=%2Frecords%2F{record.code}")
    asking = browser.get(sent.headers["location"])
    assert "Bạn xem dữ liệu cá nhân để làm gì?" in asking.text
    form = {"csrf": asking.text.split('name="csrf" value="')[1].split('"')[0], "next": f"/records/{record.code}"}
    wrong = browser.post("/purpose", data=form | {"dossier": "<b>vì thích</b>"})
    assert wrong.status_code == 422
    assert "&lt;b&gt;vì thích&lt;/b&gt;" in wrong.text
    answer = browser.post("/purpose", data=form | {"dossier": DOSSIER.lower()}, follow_redirects=False)
    assert answer.headers["location"] == f"/records/{record.code}"
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert f"Mục đích: {DOSSIER}" in browser.get(f"/records/{record.code}").text
    assert browser.get("/records?q=quyet").status_code == 200
    assert browser.get(f"/v1/papers/{record.paper_id}/pages/0.jpg").status_code == 200
    assert browser.post("/purpose", data=form | {"next": "//evil.example"}, follow_redirects=False).headers["location"] == "/"
    assert browser.get(f"/records/{record.code}", follow_redirects=False).status_code == 303  # forgotten again


def test_a_purpose_is_bound_to_its_session() -> None:
    cookie = sealed(DOSSIER, "one")
    assert opened(cookie, "one") == DOSSIER
    assert opened(cookie, "two") == opened(cookie + "1", "one") == opened("", "one") == opened(cookie, "") == ""


def test_what_counts_as_a_purpose(tmp_path: Path) -> None:
    assert accepted(" thanh-tra ") == "THANH-TRA"
    assert accepted("h55.242-261122-0001") == DOSSIER
    assert accepted("xem cho biết") == accepted("") == ""
    own = tmp_path / "purposes.toml"
    own.write_text('version = "1"\n[[purposes]]\ncode = "X-RIENG"\nname = { vi = "Riêng", en = "Own" }\n', encoding="utf-8")
    assert accepted("x-rieng", str(own)) == "X-RIENG"
    assert len({kind.code for kind in purposes().purposes}) == len(purposes().purposes) > 5


def test_levels_are_data(tmp_path: Path) -> None:
    rules = levels()
    assert rules.of_type("generic") is AccessLevel.INTERNAL
    assert not rules.audience(Principal("a", Role.CLERK, "H1")).allows(AccessLevel.RESTRICTED, "H1")
    assert rules.audience(Principal("a", Role.AUDITOR)).allows(AccessLevel.RESTRICTED, "H99")
    own = tmp_path / "levels.toml"
    own.write_text('version = "1"\nverified = false\ndefault = "public"\ntypes = {}\nlevels = {}\n', encoding="utf-8")
    with pytest.raises(BadCatalogue, match="levels missing"):
        levels(str(own))


def test_what_may_not_be_read_is_not_used_either(door: Door) -> None:
    record = put_record(door.sohoa, "Giấy chứng nhận hạn chế", access=AccessLevel.RESTRICTED)
    opened = {"code": f"H00.2-{datetime.now(VIETNAM):%y%m%d}-0001", "procedure": "1.004222", "owner_id": OWNER}
    clerk, stranger = of_unit(door, Role.CLERK, "H00"), of_unit(door, Role.CERTIFIER, "H99")
    dossier = clerk.post("/v1/dossiers", json=opened).json()["dossier"]["code"]
    use = {"record": record.code, "dossier": dossier, "component": "TP.004222.03", "purpose": DOSSIER}
    wanted = {"record": record.code, "requester_name": "Nguyễn Văn Thử", "requester_id": "000000000001"}
    assert clerk.get("/v1/reuse-test", params=use).status_code == 403
    assert clerk.post("/v1/reuses", json=use).status_code == 403
    assert clerk.post("/v1/certifications", json=wanted).status_code == 403
    assert stranger.post("/v1/certifications", json=wanted).status_code == 404
    assert of_unit(door, Role.OFFICER, "H00").get("/v1/reuse-test", params=use).status_code == 200
    copied = {"record": record.code}
    assert of_unit(door, Role.REGISTRAR, "H99").post("/v1/copies", json=copied).status_code == 404
    silent = of_unit(door, Role.REGISTRAR, "H00").post("/v1/copies", json=copied)
    assert (silent.status_code, silent.json()["code"]) == (422, "api.purpose_missing")


def test_the_pages_use_nothing_that_may_not_be_read(door: Door) -> None:
    record = put_record(door.sohoa, "Giấy khai sinh hạn chế", access=AccessLevel.RESTRICTED)
    clerk = door.browser(Role.CLERK)
    csrf = clerk.get("/dossiers").text.split('data-csrf="')[1].split('"')[0]
    form = {"csrf": csrf, "record": record.code, "dossier": DOSSIER, "component": "x", "requester_name": "A", "requester_id": "1"}
    assert clerk.post("/reuse", data=form).status_code == 403
    assert clerk.post("/certifications/new", data=form).status_code == 403


def test_a_certifier_may_ask_for_a_restricted_paper_without_saying_more(door: Door, strict: Door) -> None:
    for opened_door, access in ((door, AccessLevel.RESTRICTED), (strict, AccessLevel.INTERNAL)):
        record = put_record(opened_door.sohoa, access=access)
        shown = opened_door.browser(Role.CERTIFIER).get("/certifications/new", params={"record": record.code})
        assert shown.status_code == 200, shown.text
        with opened_door.sohoa.database.read() as uow:
            looks = [one for one in uow.ledger.entries(subject=record.paper_id) if one.event == "record.viewed"]
        assert [one.details["purpose"] for one in looks] == ["CHUNG-THUC"]


def test_reuse_of_another_units_restricted_record_is_refused_as_if_it_were_not_there(door: Door) -> None:
    record = put_record(door.sohoa, "Hồ sơ hạn chế của đơn vị khác", access=AccessLevel.RESTRICTED)
    opened = {"code": f"H99.2-{datetime.now(VIETNAM):%y%m%d}-0002", "procedure": "1.004222", "owner_id": OWNER}
    officer = of_unit(door, Role.OFFICER, "H99")
    dossier = officer.post("/v1/dossiers", json=opened).json()["dossier"]["code"]

    def answers(code: str) -> list[tuple[int, str]]:
        use = {"record": code, "dossier": dossier, "component": "TP.004222.03", "purpose": DOSSIER}
        said = {"decision": "1/QĐ", "decided_on": f"{datetime.now(VIETNAM):%Y-%m-%d}", "reason": "x", "by": code}
        found = [
            officer.get("/v1/reuse-test", params=use),
            officer.post("/v1/reuses", json=use),
            officer.post(f"/v1/dossiers/{dossier}/result", json={"record": code}),
            officer.post(f"/v1/dossiers/{dossier}/components/TP.none/file", json={"record": code}),
            officer.post(f"/v1/record-replacements/{ours.code}", json=said),
        ]
        return [(one.status_code, one.json()["detail"].replace(code, "")) for one in found]

    ours = put_record(door.sohoa, unit="H99")
    told = answers(record.code)
    assert [status for status, _ in told] == [404, 404, 404, 404, 422]
    assert told == answers(f"{OWNER}-KQ.none"), "the same answer as for one that does not exist"
    with door.sohoa.database.read() as uow:
        assert uow.reuses.of_record(record.code) == ()


def test_an_officer_sets_the_access_level_on_the_page(door: Door) -> None:
    record = put_record(door.sohoa, unit="H00")
    officer = door.browser(Role.OFFICER)
    address = f"/records/{record.code}"
    for lang, word in (("en", "Restricted"), ("vi", "Hạn chế")):
        officer.get(f"/language/{lang}")
        shown = officer.get(address).text
        form = shown.split('action="/record-acts/access"')[1].split("</form>")[0]
        assert f'value="restricted">{word}</option>' in form
    csrf = csrf_in(form)
    wanted = {"csrf": csrf, "record": record.code, "access": "restricted", "reason": "có dữ liệu trẻ em"}
    assert officer.post("/record-acts/access", data=wanted | {"access": "secret"}).status_code == 422
    assert officer.post("/record-acts/access", data=wanted | {"reason": " "}).status_code == 422
    assert officer.post("/record-acts/access", data=wanted, follow_redirects=False).status_code == 303
    with door.sohoa.database.read() as uow:
        assert uow.records.get(record.code).access is AccessLevel.RESTRICTED
    clerk = door.browser(Role.CLERK)
    other = put_record(door.sohoa, unit="H00")
    assert "/record-acts/access" not in clerk.get(f"/records/{other.code}").text
    assert "/record-acts/access" not in officer.get(f"/records/{put_record(door.sohoa, unit='H77').code}").text, "another unit's"
