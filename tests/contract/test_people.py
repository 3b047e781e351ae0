"""Units through time, accounts, hats, sessions: the same rows on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from storage.errors import Conflict, NotFound
from storage.people import Account, Assignment, OrgUnit, Session, UnitKind
from storage.records.database import Database
from tests.contract.conftest import HandClock
from tests.contract.facts import new_id

DAY = date(2026, 3, 2)
LONG_AGO = date(2020, 1, 1)


def account(clock: HandClock, **changes: object) -> Account:
    made = {
        "id": new_id(), "login": f"a{new_id()}", "name": "Nguyễn Văn Thử", "password_hash": "hash", "password_set_at": clock.now,
        "one_time_until": None, "external": False, "totp_secret": "", "totp_step": 0, "disabled_at": None, "disabled_why": "",
        "seen_at": None, "issuer": "", "subject": "", "created_at": clock.now,
    }  # fmt: skip
    return Account(**(made | changes))  # type: ignore[arg-type]


def session(clock: HandClock, account_id: str) -> Session:
    later = clock.now + timedelta(hours=12)
    return Session(
        new_id(), account_id, 0, "hat", second_factor=False, created_at=clock.now, seen_at=clock.now, ends_at=later, agent="x"
    )


def test_a_unit_answers_for_those_merged_into_it_and_a_supervisor_for_those_below(database: Database) -> None:
    def unit(code: str, parent: str = "", **more: object) -> OrgUnit:
        return OrgUnit(code, code, UnitKind.COMMUNE, parent, LONG_AGO, **more)  # type: ignore[arg-type]

    with database.transaction() as uow:
        for one in (
            unit("P"), unit("P.1", "P"), unit("P.2", "P"), unit("P.2.a", "P.2"), unit("Q"),
            unit("OLD", "Q", valid_to=date(2025, 7, 1), successor="P.1"),
            unit("OLDER", "Q", valid_to=date(2024, 1, 1), successor="OLD"),
            unit("SOON", "Q", valid_to=date(2026, 7, 1), successor="P.2"),
        ):  # fmt: skip
            uow.units.add(one)
    with database.read() as uow:
        assert uow.units.answered_for("P.1", DAY, below=False) == ("OLD", "OLDER")
        assert uow.units.answered_for("P", DAY, below=False) == ()
        assert uow.units.answered_for("P", DAY, below=True) == ("OLD", "OLDER", "P.1", "P.2", "P.2.a")
        assert uow.units.answered_for("Q", DAY, below=True) == ("SOON",)
        assert uow.units.answered_for("P", date(2026, 7, 1), below=True) == ("OLD", "OLDER", "P.1", "P.2", "P.2.a", "SOON")
        assert uow.units.answered_for("nobody", DAY, below=True) == ()


def test_versions_of_a_unit_follow_each_other(database: Database) -> None:
    with database.transaction() as uow:
        uow.units.add(OrgUnit("U", "Cũ", UnitKind.COMMUNE, "P", LONG_AGO))
        uow.units.close("U", DAY, "U")
        uow.units.add(OrgUnit("U", "Mới", UnitKind.COMMUNE, "R", DAY))
    with database.read() as uow:
        assert uow.units.get("U", DAY - timedelta(days=1)).name == "Cũ"
        assert uow.units.get("U", DAY).name == "Mới"
        assert uow.units.answered_for("R", DAY, below=True) == ("U",)
        assert uow.units.answered_for("P", DAY, below=True) == ()
        with pytest.raises(NotFound):
            uow.units.get("U", date(2019, 1, 1))
    with pytest.raises(Conflict), database.transaction() as uow:
        uow.units.add(OrgUnit("U", "Trùng", UnitKind.COMMUNE, "", DAY))


def test_an_account_its_former_passwords_and_recovery_codes(database: Database, clock: HandClock) -> None:
    mine = account(clock)
    with database.transaction() as uow:
        uow.accounts.add(mine)
        for number in range(3):
            uow.accounts.save(uow.accounts.lock(mine.id), password_hash=f"h{number}")
        uow.accounts.put_codes(mine.id, ("a", "b"))
    with database.transaction() as uow:
        assert uow.accounts.by_login(mine.login).password_hash == "h2"
        assert uow.accounts.former(mine.id, 3) == ("h2", "h1", "h0")
        assert uow.accounts.use_code(mine.id, "a")
        assert not uow.accounts.use_code(mine.id, "a")
        assert not uow.accounts.use_code(mine.id, "c")
        assert uow.accounts.codes_left(mine.id) == 1
    with pytest.raises(Conflict), database.transaction() as uow:
        uow.accounts.add(account(clock, login=mine.login))
    with database.transaction() as uow:
        uow.accounts.add(account(clock, issuer="i", subject="s"))
        uow.accounts.add(account(clock))
        assert uow.accounts.by_subject("i", "s").subject == "s"
        with pytest.raises(NotFound):
            uow.accounts.by_subject("", "")


def test_failures_are_counted_in_a_row(database: Database, clock: HandClock) -> None:
    with database.transaction() as uow:
        assert [uow.accounts.count_failure("n"), uow.accounts.count_failure("n")] == [1, 2]
        uow.accounts.pause("n", clock.now + timedelta(seconds=60))
    with database.transaction() as uow:
        assert uow.accounts.failures("n") == (2, clock.now + timedelta(seconds=60))
        assert uow.accounts.forget_failures_before(clock.now) == 0
        uow.accounts.forget_failures("n")
        assert uow.accounts.failures("n") == (0, None)


def test_hats_hold_for_a_time(database: Database, clock: HandClock) -> None:
    mine = account(clock)
    hat = Assignment(new_id(), mine.id, "clerk", "P", clock.now, None)
    later = Assignment(new_id(), mine.id, "officer", "P", clock.now + timedelta(days=1), None)
    with database.transaction() as uow:
        uow.accounts.add(mine)
        uow.assignments.add(hat, "admin")
        uow.assignments.add(later, "admin")
    with database.read() as uow:
        assert uow.assignments.current(mine.id) == (hat,)
    clock.forward(86400)
    with database.transaction() as uow:
        assert uow.assignments.current(mine.id) == (hat, later)
        uow.assignments.end(hat.id)
    with database.transaction() as uow:
        assert uow.assignments.current(mine.id) == (later,)
        with pytest.raises(NotFound):
            uow.assignments.end(hat.id)


def test_sessions_end_by_time_by_rest_and_all_at_once(database: Database, clock: HandClock) -> None:
    one, other = session(clock, "who"), session(clock, "who")
    idle = timedelta(minutes=60)
    with database.transaction() as uow:
        uow.sessions.add(one, "s1")
        uow.sessions.add(other, "s2")
    clock.forward(3000)
    with database.transaction() as uow:
        assert uow.sessions.find("s1", clock.now - idle) == one
        uow.sessions.update(one.id, seen_at=clock.now, secret_sha256="s3")
    clock.forward(3000)
    with database.transaction() as uow:
        assert uow.sessions.find("s1", clock.now - idle) is None
        assert uow.sessions.find("s2", clock.now - idle) is None
        assert uow.sessions.find("s3", clock.now - idle) is not None
        assert uow.sessions.sweep(clock.now - idle) == 1
        assert uow.sessions.end_all("who", but=one.id) == 0
    clock.forward(12 * 3600)
    with database.transaction() as uow:
        assert uow.sessions.find("s3", clock.now - timedelta(days=9)) is None
