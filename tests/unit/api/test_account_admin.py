"""Accounts, roles, units and tokens at the pages: what an administrator may do, and only within the own units."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from api.access.accounts import AccountDesk
from api.access.errors import BadUnit, DutiesApart, NotInReach
from api.access.four_eyes import Duty, FourEyes, done_on
from api.access.options import AccessOptions
from api.access.permissions import Role
from api.access.unit_desk import UnitDesk
from api.cli.main import main
from api.intake.receiving import Intake
from storage.errors import NotFound
from storage.people import OrgUnit, UnitKind
from tests.world.door import Door, open_door, put_paper
from tests.world.people import PASSWORD, browser, code_in, csrf_in, new_account, sign_in, signed_in

SINCE = date(2025, 7, 1)
UNITS = """code,name,kind,parent,valid_from,valid_to,successor
P.1,Xã Một,commune,P,2025-07-01,,
P,Tỉnh P,province,,2025-07-01,,
OLD,Xã Cũ,commune,P,2020-01-01,2025-07-01,P.1
Q,Tỉnh Q,province,,2025-07-01,,
"""


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("admin"), access=AccessOptions(sign_ins_a_minute=10_000), unit="P.1") as opened:
        UnitDesk(opened.sohoa, "test").load(UNITS.splitlines())
        yield opened


@pytest.fixture(scope="module")
def chief(door: Door) -> TestClient:
    """The administrator of everything."""
    return signed_in(door, "chief", Role.ADMIN)


@pytest.fixture(scope="module")
def province(door: Door) -> TestClient:
    """The administrator of the province P."""
    return signed_in(door, "province", Role.ADMIN, "P")


def post(client: TestClient, address: str, **form: str) -> int:
    return client.post(address, data={"csrf": csrf_in(client.get("/account").text), **form}).status_code


def test_an_administrator_makes_an_account(door: Door, chief: TestClient) -> None:
    form = {"csrf": csrf_in(chief.get("/accounts").text), "login": "lan.nt", "name": "Lan <b>", "role": "clerk", "unit": "P.1"}
    made = chief.post("/accounts", data=form)
    assert made.status_code == 201
    assert "Lan &lt;b&gt;" in made.text
    once = code_in(made.text, "password")
    assert once not in chief.get("/accounts").text
    assert sign_in(browser(door), "lan.nt", once) == 303
    assert chief.post("/accounts", data=form).status_code == 409
    for wrong in ({"login": "Ấn"}, {"login": "x"}, {"name": ""}, {"role": "king"}, {"unit": "NO"}):
        assert chief.post("/accounts", data=form | {"login": f"n{uuid4().hex[:9]}"} | wrong).status_code == 422, wrong


def test_a_province_keeps_its_own_people_only(door: Door, chief: TestClient, province: TestClient) -> None:
    desk = AccountDesk(door.sohoa, "test")
    own, foreign, above = (f"{kind}{uuid4().hex[:8]}" for kind in ("own", "foreign", "above"))
    new_account(door, own, Role.CLERK, "P.1")
    new_account(door, foreign, Role.CLERK, "Q")
    new_account(door, above, Role.CLERK, "P.1")
    desk.assign(desk.find(above).id, Role.AUDITOR, "")
    listed = province.get("/accounts").text
    assert own in listed
    assert foreign not in listed
    assert foreign in chief.get("/accounts").text
    address = f"/accounts/{desk.find(foreign).id}"
    assert province.get(address).status_code == 404
    for act in ("reset-password", "disable", "unlock", "enable", "give", "take", "reset-second-factor"):
        assert post(province, f"{address}/{act}", role="clerk", unit="P.1", hat="x") == 404, act
    assert post(province, f"/accounts/{desk.find(above).id}/reset-password") == 403, "somebody with a role above"
    mine = f"/accounts/{desk.find(own).id}"
    assert post(province, f"{mine}/give", role="admin", unit="") == 403, "no role for everything"
    assert post(province, f"{mine}/give", role="clerk", unit="Q") == 403
    assert post(province, f"{mine}/give", role="reviewer", unit="P.1") == 303
    assert post(province, f"{mine}/disable") == 303
    assert "vô hiệu hóa" in province.get(mine).text.lower()


def test_nobody_administers_oneself(door: Door, province: TestClient) -> None:
    own = f"/accounts/{AccountDesk(door.sohoa, 'test').find('province').id}"
    for act in ("reset-password", "disable", "give", "reset-second-factor"):
        assert post(province, f"{own}/{act}", role="clerk", unit="P") == 403, act
    assert province.get("/accounts").status_code == 200


def test_a_role_taken_away_ends_at_once(door: Door, chief: TestClient) -> None:
    login = f"t{uuid4().hex[:9]}"
    client = signed_in(door, login, Role.CLERK, "P.1")
    desk = AccountDesk(door.sohoa, "test")
    account = desk.find(login)
    assert client.get("/upload").status_code == 200
    assert post(chief, f"/accounts/{account.id}/take", hat=desk.line(account.id).hats[0].id) == 303
    assert client.get("/upload").status_code == 303
    assert sign_in(browser(door), login, PASSWORD) == 403, "no role left"


def test_somebody_with_two_hats_wears_one(door: Door) -> None:
    login = f"h{uuid4().hex[:9]}"
    client = signed_in(door, login, Role.CLERK, "P.1")
    desk = AccountDesk(door.sohoa, "test")
    officer = desk.assign(desk.find(login).id, Role.OFFICER, "Q")
    assert client.get("/upload").status_code == 200
    assert post(client, "/account/hat", hat=officer.id) == 303
    assert client.get("/upload").status_code == 403
    assert client.get("/records").status_code == 200
    assert post(client, "/account/hat", hat="none") == 404


def test_a_token_does_what_it_may_and_no_more(door: Door) -> None:
    login = f"k{uuid4().hex[:9]}"
    client = signed_in(door, login, Role.CLERK, "P.1")
    form = {"csrf": csrf_in(client.get("/account").text), "label": "máy quét", "days": "30", "scope": ["batch.read"]}
    made = client.post("/account/tokens", data=form)
    secret = code_in(made.text, "token")
    assert secret not in client.get("/account").text
    program = TestClient(door.app, headers={"Authorization": f"Bearer {secret}"}, raise_server_exceptions=False)
    assert program.get("/v1/batches").status_code == 200
    assert program.post("/v1/batches", json={}).status_code == 403
    assert browser(door).get(f"/?token={secret}").status_code == 401, "it opens no session"
    for wrong in (
        {"scope": ["account.admin"]},
        {"scope": ["copy.issue"]},
        {"scope": []},
        {"days": "0"},
        {"days": "9999"},
        {"days": "x"},
    ):
        assert client.post("/account/tokens", data=form | {"label": "b"} | wrong).status_code == 422, wrong
    assert client.post("/account/tokens", data=form).status_code == 409
    with door.sohoa.database.read() as uow:
        row = next(row for row in uow.tokens.all() if row.label == "máy quét")
        assert row.used_at is not None
        assert row.expires_at is not None
        told = str([entry.details for entry in uow.ledger.entries(subject=uow.accounts.by_login(login).id)])
    assert secret not in told
    desk = AccountDesk(door.sohoa, "test")
    account = desk.find(login)
    desk.disable(account.id)
    assert program.get("/v1/batches").status_code == 401
    desk.enable(account.id)
    assert program.get("/v1/batches").status_code == 200
    desk.unassign(account.id, desk.line(account.id).hats[0].id)
    assert program.get("/v1/batches").status_code == 401


def test_one_revokes_ones_own_tokens_only(door: Door) -> None:
    first, second = signed_in(door, f"r{uuid4().hex[:9]}"), signed_in(door, f"r{uuid4().hex[:9]}")
    form = {"csrf": csrf_in(first.get("/account").text), "label": "x", "days": "1", "scope": ["batch.read"]}
    assert first.post("/account/tokens", data=form).status_code == 200
    with door.sohoa.database.read() as uow:
        name = next(row.name for row in uow.tokens.all() if row.label == "x")
    assert post(second, "/account/tokens/revoke", name=name) == 404
    assert post(first, "/account/tokens/revoke", name=name) == 303
    assert name not in first.get("/account").text


def test_units_are_loaded_whole_or_not_at_all(door: Door) -> None:
    desk = UnitDesk(door.sohoa, "test")
    again = desk.load(UNITS.splitlines())
    assert (again.added, again.changed, again.closed, again.same) == (0, 0, 0, 4)
    before = desk.versions()
    head = "code,name,kind,parent,valid_from\n"
    for wrong in (
        "N,,commune,P,2025-07-01",
        "N,N,town,P,2025-07-01",
        "N,N,commune,P,x",
        "N,N,commune,NO,2025-07-01",
        "a b,N,commune,,2025-07-01",
    ):
        with pytest.raises(BadUnit):
            desk.load(f"{head}N.1,Tốt,commune,P,2025-07-01\n{wrong}".splitlines())
    with pytest.raises(BadUnit):
        desk.load(["code,name", "N,N"])
    with pytest.raises(BadUnit):
        desk.load(f"{head}A,A,commune,B,2025-07-01\nB,B,commune,A,2025-07-01".splitlines())
    assert desk.versions() == before


def test_a_unit_is_renamed_and_merged(door: Door, chief: TestClient, province: TestClient) -> None:
    code = f"P.{uuid4().hex[:6]}"
    assert post(province, "/units", code=code, name="Xã Tạm", kind="commune", parent="P", valid_from="2025-07-01") == 303
    assert post(province, "/units", code=f"{code}x", name="X", kind="commune", parent="Q", valid_from="2025-07-01") == 403
    assert post(province, "/units/change", code=code, name="Xã Mới", parent="P", valid_from="2026-01-01") == 303
    assert post(province, "/units/change", code=code, name="Xã Lùi", parent="P", valid_from="2025-12-01") == 422
    assert post(province, "/units/close", code=code, valid_to="2026-03-01", successor="Q") == 403
    assert post(province, "/units/close", code=code, valid_to="2026-03-01", successor="P.1") == 303
    shown = province.get("/units").text
    assert "Xã Tạm" in shown
    assert "→ P.1" in shown
    clerk = signed_in(door, f"c{uuid4().hex[:9]}", Role.CLERK, "P.1")
    left = Intake(door.sohoa).create_batch(actor="somebody", unit=code)
    assert clerk.get(f"/batches/{left.id}").status_code == 200, "who takes a unit over answers for its work"
    assert left.id in clerk.get("/batches").text
    assert signed_in(door, f"c{uuid4().hex[:9]}", Role.CLERK, "Q").get(f"/batches/{left.id}").status_code == 404
    with pytest.raises(NotInReach):
        UnitDesk(door.sohoa, "test", "P P.1").add(OrgUnit("Z", "Z", UnitKind.COMMUNE, "", SINCE))
    with pytest.raises(NotFound):
        UnitDesk(door.sohoa, "test").close(code, date(2026, 4, 1))


def test_duties_kept_apart(door: Door) -> None:
    paper = put_paper(door.sohoa)
    with door.sohoa.database.read() as uow:
        done = done_on(uow, paper.id, paper.batch_id)
    assert done == ((Duty.SCAN, "demo-clerk"),)
    rules = FourEyes.of(("scan/certify", "second_review/certify"))
    rules.require(Duty.SECOND_REVIEW, "demo-clerk", done)
    rules.require(Duty.CERTIFY, "another", done)
    with pytest.raises(DutiesApart):
        rules.require(Duty.CERTIFY, "demo-clerk", done)
    with pytest.raises(DutiesApart):
        rules.require(Duty.SECOND_REVIEW, "c", ((Duty.CERTIFY, "c"),))
    FourEyes.of(()).require(Duty.CERTIFY, "demo-clerk", done)
    for wrong in ("scan", "scan/scan", "scan/fly"):
        with pytest.raises(ValueError, match="must be two"):
            AccessOptions(apart=(wrong,))


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object]]:
    try:
        code = main([*arguments, "--json"])
    except SystemExit as left:
        code = int(left.code or 0)
    out = capsys.readouterr().out
    return code, json.loads(out) if out.startswith("{") else {}


def test_the_same_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOHOA_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "units.csv").write_text(UNITS, encoding="utf-8")
    assert told(capsys, "unit", "load", str(tmp_path / "units.csv"))[1]["added"] == 4
    assert told(capsys, "unit", "add", "P.2", "--name", "Xã Hai", "--parent", "P", "--day", "2025-07-01")[0] == 0
    assert told(capsys, "unit", "close", "P.2", "--successor", "P.1")[0] == 0
    code, made = told(capsys, "account", "create", "minh.tv", "--name", "Minh", "--role", "clerk", "--unit", "P.1")
    assert (code, made["login"]) == (0, "minh.tv")
    assert told(capsys, "account", "give", "minh.tv", "--role", "officer")[0] == 0
    assert told(capsys, "account", "take", "minh.tv", "--role", "auditor")[0] == 5
    assert told(capsys, "account", "unlock", "nobody")[0] == 5
    code, token = told(capsys, "token", "make", "minh.tv", "máy", "--scope", "batch.send", "--days", "7")
    assert code == 0
    listed = json.dumps(told(capsys, "token", "list")[1])
    assert "minh.tv:máy" in json.loads(listed)["tokens"][0]["name"]
    assert str(token["token"]) not in listed
    assert told(capsys, "token", "revoke", "minh.tv", "máy")[0] == 0
    assert told(capsys, "account", "disable", "minh.tv")[0] == 0
    accounts = told(capsys, "account", "list")[1]["accounts"]
    assert [(one["login"], one["state"], len(one["roles"])) for one in accounts] == [("minh.tv", "disabled", 2)]  # type: ignore[attr-defined]
    assert told(capsys, "account", "enable", "minh.tv")[1]["one_time_password"] != made["one_time_password"]


def test_an_account_without_a_role_is_nobodys_prey(door: Door) -> None:
    chief, commune, other = (AccountDesk(door.sohoa, *about) for about in (("chief",), ("xa", "P.1"), ("q", "Q")))
    made, _ = chief.create(f"none{uuid4().hex[:8]}", "Người chưa có vai trò")
    for act in (commune.reset_password, commune.enable, commune.reset_second_factor, commune.disable, commune.unlock):
        with pytest.raises(NotInReach):
            act(made.id)
    with pytest.raises(NotInReach):
        commune.assign(made.id, Role.CLERK, "P.1")
    own, _ = commune.create(f"own{uuid4().hex[:8]}", "Người của xã")
    hat = commune.assign(own.id, Role.CLERK, "P.1")
    commune.unassign(own.id, hat.id)
    commune.assign(own.id, Role.REVIEWER, "P.1")
    commune.unassign(own.id, commune.line(own.id).hats[0].id)
    with pytest.raises(NotInReach):
        other.reset_password(own.id)
    assert commune.reset_password(own.id)
    assert chief.reset_password(own.id)


def test_whoever_signs_in_elsewhere_gets_no_password_here(door: Door, chief: TestClient) -> None:
    desk = AccountDesk(door.sohoa, "chief")
    made, _ = desk.create(f"sso{uuid4().hex[:8]}", "Người của tỉnh", Role.CLERK, "P.1")
    with door.sohoa.database.transaction() as uow:
        uow.accounts.save(made, issuer="https://sso.example", subject=made.id, password_hash="")
    refused = chief.post(f"/accounts/{made.id}/reset-password", data={"csrf": csrf_in(chief.get("/account").text)})
    assert refused.status_code == 409, refused.text
    assert "đăng nhập chung" in refused.text
    desk.disable(made.id)
    assert post(chief, f"/accounts/{made.id}/enable") == 303, "enabled, without a password"
    with door.sohoa.database.read() as uow:
        after = uow.accounts.get(made.id)
    assert (after.password_hash, after.disabled_at) == ("", None)
