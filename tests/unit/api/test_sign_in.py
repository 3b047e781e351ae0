"""Signing in with an account: one-time password, rules of passwords, second factor, rests after failures, sessions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pyotp
import pytest

from api.access import passwords
from api.access.accounts import AccountDesk
from api.access.browser import SESSION_COOKIE
from api.access.errors import PasswordNamesAccount, PasswordReused, PasswordTooLong, PasswordTooPlain, PasswordTooShort
from api.access.first_start import FIRST, prepare
from api.access.options import AccessOptions
from api.access.permissions import Role
from api.access.second_factor import step_of
from api.access.sign_in import failure_key
from api.demo.tokens import demo_links
from api.errors import ApiError
from tests.world.door import Door, open_door
from tests.world.people import PASSWORD, browser, change_password, csrf_in, enrol, new_account, sign_in, signed_in

OPTIONS = AccessOptions(failures_before_pause=3, sign_ins_a_minute=10_000)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("sign-in"), access=OPTIONS) as opened:
        yield opened


@pytest.fixture
def login() -> str:
    return f"a{uuid4().hex[:12]}"


def events(door: Door, login: str) -> list[str]:
    with door.sohoa.database.read() as uow:
        return [entry.event for entry in uow.ledger.entries(subject=uow.accounts.by_login(login).id)]


def age(door: Door, login: str, **days: int) -> None:
    """Put moments of an account back by so many days."""
    with door.sohoa.database.transaction() as uow:
        account = uow.accounts.by_login(login)
        uow.accounts.save(account, **{name: uow.now() - timedelta(days=back) for name, back in days.items()})


def test_the_first_start_makes_one_administrator_with_a_password_of_its_own(door: Door) -> None:
    first = prepare(door.sohoa)
    assert first is not None
    assert prepare(door.sohoa) is None
    client = browser(door)
    assert sign_in(client, FIRST, first.password) == 303
    assert client.get("/accounts").headers["location"].startswith("/sign-in/continue")
    assert client.get("/sign-in/continue").headers["location"].startswith("/account/password")
    assert client.get("/account/second-factor").headers["location"].startswith("/sign-in/continue")
    assert change_password(client, first.password) == 303
    assert client.get("/sign-in/continue").headers["location"].startswith("/account/second-factor")
    assert client.get("/v1/batches").json()["code"] == "api.access.unfinished"
    _, codes = enrol(client)
    assert len(codes) == 10
    assert client.get("/accounts").status_code == 200
    with door.sohoa.database.read() as uow:
        told = str([entry.details for entry in uow.ledger.entries()])
    assert first.password not in told
    assert PASSWORD not in told


def test_a_one_time_password_is_good_once(door: Door, login: str) -> None:
    once = new_account(door, login)
    client = browser(door)
    assert sign_in(client, login.upper() + " ", once) == 303
    assert client.get("/upload").status_code == 303
    assert change_password(client, once) == 303
    assert client.get("/upload").status_code == 200
    assert sign_in(browser(door), login, once) == 401
    assert sign_in(browser(door), login, PASSWORD) == 303


def test_a_one_time_password_runs_out(door: Door, login: str) -> None:
    once = new_account(door, login)
    age(door, login, one_time_until=0)
    answer = browser(door).post("/sign-in", data={"login": login, "password": once})
    assert (answer.status_code, "hết hạn" in answer.text) == (403, True)


def test_wrong_name_and_wrong_password_get_one_answer(door: Door, login: str) -> None:
    new_account(door, login)
    answers = [browser(door).post("/sign-in", data={"login": name, "password": "x"}) for name in (login, "khong-co-ai")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].text.replace(login, "") == answers[1].text.replace("khong-co-ai", "")


@pytest.mark.parametrize("known", [True, False])
def test_a_name_rests_longer_and_longer(door: Door, login: str, known: bool) -> None:
    once = new_account(door, login) if known else PASSWORD
    client = browser(door)
    assert [sign_in(client, login, "sai") for _ in range(4)] == [401, 401, 401, 429]
    assert sign_in(client, login, once) == 429
    with door.sohoa.database.transaction() as uow:
        uow.accounts.pause(failure_key(login), uow.now() - timedelta(seconds=1))
    assert sign_in(client, login, "sai") == 401
    with door.sohoa.database.transaction() as uow:
        failures, until = uow.accounts.failures(failure_key(login))
        assert until is not None
        assert failures == 4
        assert 100 < (until - uow.now()).total_seconds() <= 120
    if known:
        assert events(door, login)[-2:] == ["access.sign_in_failed", "access.paused"]
        AccountDesk(door.sohoa, "test").unlock(AccountDesk(door.sohoa, "test").find(login).id)
        assert sign_in(client, login, once) == 303


def test_many_tries_from_one_address_are_turned_away(tmp_path_factory: pytest.TempPathFactory) -> None:
    with open_door(tmp_path_factory.mktemp("turnstile"), access=AccessOptions(sign_ins_a_minute=2)) as crowded:
        client = browser(crowded)
        assert [sign_in(client, f"ai-{number}", "x") for number in range(3)] == [401, 401, 429]


def test_the_second_factor(door: Door, login: str) -> None:
    client = signed_in(door, login)
    shared, codes = enrol(client)
    again = browser(door)
    assert sign_in(again, login, PASSWORD) == 303
    before = again.cookies[SESSION_COOKIE]
    assert again.get("/upload").headers["location"].startswith("/sign-in/continue")
    for address in ("/account", "/account/password", "/account/second-factor", "/v1/batches"):
        assert again.get(address).status_code in {303, 401}, address
    form = {"csrf": csrf_in(again.get("/sign-in/code").text), "next": "/upload"}
    now = pyotp.TOTP(shared).now()
    assert again.post("/sign-in/code", data=form | {"code": now}).status_code == 401, "the code of the enrolment is used up"
    assert again.post("/sign-in/code", data=form | {"code": codes[0]}).status_code == 303
    assert again.cookies[SESSION_COOKIE] != before
    assert again.get("/upload").status_code == 200
    third = browser(door)
    sign_in(third, login, PASSWORD)
    form = {"csrf": csrf_in(third.get("/sign-in/code").text), "next": "/"}
    assert third.post("/sign-in/code", data=form | {"code": codes[0]}).status_code == 401, "a recovery code is good once"
    assert third.get("/upload").status_code == 303


def test_guesses_of_the_second_factor_count(door: Door, login: str) -> None:
    enrol(signed_in(door, login))
    client = browser(door)
    sign_in(client, login, PASSWORD)
    form = {"csrf": csrf_in(client.get("/sign-in/code").text), "next": "/", "code": "000000"}
    assert [client.post("/sign-in/code", data=form).status_code for _ in range(3)] == [401, 401, 429]


def test_a_code_of_the_app_is_good_once_and_for_a_short_time() -> None:
    shared, now = pyotp.random_base32(), datetime(2026, 3, 2, 8, 0, 10, tzinfo=UTC)
    code = pyotp.TOTP(shared).at(now)
    step = step_of(shared, f"{code[:3]} {code[3:]}", now, 0)
    assert step is not None
    assert step_of(shared, code, now, step) is None
    assert step_of(shared, code, now + timedelta(seconds=30), 0) == step
    assert step_of(shared, code, now + timedelta(seconds=90), 0) is None
    assert step_of("", code, now, 0) is None
    assert step_of(shared, "１２３４５６", now, 0) is None


@pytest.mark.parametrize(
    ("password", "error"),
    [
        ("Aa1!", PasswordTooShort),
        ("Aa1!" * 40, PasswordTooLong),
        ("chỉcóchữthường", PasswordTooPlain),
        ("xx-Canbo1-xx", PasswordNamesAccount),
        (PASSWORD, PasswordReused),
    ],
)
def test_rules_of_passwords(password: str, error: type[ApiError]) -> None:
    with pytest.raises(error):
        passwords.require_good(password, "canbo1", (passwords.hashed(PASSWORD),), OPTIONS)


def test_one_spelling_for_one_password() -> None:
    composed, decomposed = "Mật khẩu 1", "Mật khẩu 1"
    assert passwords.matches(passwords.hashed(composed), decomposed)
    assert not passwords.matches("", composed)
    passwords.require_good(passwords.one_time(), "canbo1", (), OPTIONS)


def test_administrators_change_their_password_every_two_months(door: Door, login: str) -> None:
    client = signed_in(door, login, Role.ADMIN)
    assert client.get("/accounts").status_code == 200
    age(door, login, password_set_at=61)
    assert client.get("/accounts").headers["location"].startswith("/sign-in/continue")
    assert client.get("/sign-in/continue").headers["location"].startswith("/account/password")


def test_an_account_nobody_used_for_long_is_disabled(door: Door, login: str) -> None:
    signed_in(door, login)
    age(door, login, seen_at=46, password_set_at=46, created_at=46)
    answer = browser(door).post("/sign-in", data={"login": login, "password": PASSWORD})
    assert (answer.status_code, "vô hiệu hóa" in answer.text) == (403, True)
    other = f"b{uuid4().hex[:12]}"
    client = signed_in(door, other)
    age(door, other, seen_at=46, password_set_at=46, created_at=46)
    assert AccountDesk(door.sohoa, "job").disable_idle() == 1
    assert client.get("/upload").headers["location"].startswith("/sign-in?")


def test_a_new_secret_with_every_sign_in_and_none_from_outside(door: Door, login: str) -> None:
    once = new_account(door, login)
    client = browser(door)
    client.cookies.set(SESSION_COOKIE, "planted", domain="testserver.local", path="/")
    client.post("/sign-in", data={"login": login, "password": once})
    secrets = [cookie.value for cookie in client.cookies.jar if cookie.value != "planted"]
    assert len(secrets) == 1
    planted = browser(door)
    planted.cookies.set(SESSION_COOKIE, "planted")
    assert planted.get("/").status_code == 303
    with door.sohoa.database.read() as uow:
        assert uow.sessions.find(secrets[0], uow.now() - timedelta(days=1)) is None, "the secret itself is not kept"


def test_a_changed_password_ends_every_other_session(door: Door, login: str) -> None:
    first = signed_in(door, login)
    second = browser(door)
    sign_in(second, login, PASSWORD)
    before = first.cookies[SESSION_COOKIE]
    assert change_password(first, PASSWORD, "Mùa thu 2026?") == 303
    assert first.get("/upload").status_code == 200
    assert second.get("/upload").status_code == 303
    stale = browser(door)
    stale.cookies.set(SESSION_COOKIE, before)
    assert stale.get("/upload").status_code == 303
    assert change_password(first, "sai", "Mùa đông 2026?") == 401
    assert change_password(first, "Mùa thu 2026?", PASSWORD) == 422, "none of the last ten"


def test_sign_out_ends_the_session_at_the_server(door: Door, login: str) -> None:
    client = signed_in(door, login)
    secret = client.cookies[SESSION_COOKIE]
    client.post("/sign-out", data={"csrf": csrf_in(client.get("/upload").text)})
    thief = browser(door)
    thief.cookies.set(SESSION_COOKIE, secret)
    assert thief.get("/upload").status_code == 303
    other, third = browser(door), browser(door)
    sign_in(other, login, PASSWORD)
    sign_in(third, login, PASSWORD)
    other.post("/account/sessions/end", data={"csrf": csrf_in(other.get("/account").text)})
    assert other.get("/upload").status_code == 200
    assert third.get("/upload").status_code == 303


def test_a_link_opens_a_session_that_dies_with_its_token(door: Door) -> None:
    client = door.browser(Role.OFFICER)
    assert client.cookies[SESSION_COOKIE] != door.tokens[Role.OFFICER]
    planted = browser(door)
    planted.cookies.set(SESSION_COOKIE, door.tokens[Role.OFFICER])
    assert planted.get("/records").status_code == 303, "a token is no session"
    assert client.get("/account").status_code == 403
    with door.sohoa.database.transaction() as uow:
        uow.tokens.revoke("demo-officer")
    assert client.get("/records").url.path == "/sign-in"


def test_links_can_be_turned_off(tmp_path_factory: pytest.TempPathFactory) -> None:
    with open_door(tmp_path_factory.mktemp("links"), access=AccessOptions(demo_links="no")) as strict:
        assert strict.client(Role.CLERK).get("/v1/batches").status_code == 200
        assert demo_links(strict.sohoa) == {}
        assert strict.client(Role.CLERK).get("/v1/batches").status_code == 401


@pytest.mark.parametrize("kept", ["5", "null", '"a"', "[" * 1500, "[1,2]"])
def test_what_somebody_wrote_into_the_errand_is_refused_and_breaks_nothing(door: Door, kept: str) -> None:
    client = browser(door)
    client.cookies.set("sohoa_errand", kept.encode().hex(), path="/sign-in")
    assert client.get("/sign-in/provider/back?state=a&code=b").status_code == 403


@pytest.mark.parametrize("shared", ["0" * 32, "é" * 32, "a" * 32])
def test_a_shared_secret_that_is_none_is_refused(door: Door, shared: str) -> None:
    client = signed_in(door, f"odd-{ord(shared[0])}")
    form = {"csrf": csrf_in(client.get("/account/second-factor").text), "shared": shared, "code": "123456"}
    assert client.post("/account/second-factor", data=form).status_code in {403, 409, 422}
