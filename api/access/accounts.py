"""Use case: an administrator keeps accounts. Everything within the own units only; nothing here shows a password twice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from api.access import passwords
from api.access.errors import BadLogin, LoginTaken, NotInReach, NotOneself, PasswordElsewhere, UnknownUnit
from api.access.permissions import Principal, Role
from api.access.sign_in import disable_idle, failure_key, is_idle, login_of
from api.errors import BadRequest
from api.wiring import Sohoa
from storage.errors import NotFound
from storage.people import Account, Assignment
from storage.reach import EVERYTHING, Reach, covers
from storage.records.unit_of_work import UnitOfWork
from storage.registers import today_in_vietnam

_LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,49}")
NAME_SIGNS = 100
BY_ADMINISTRATOR = "administrator"
CREATED = "access.account_created"
"""Event of the ledger."""


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account with its hats and whether its name rests."""

    account: Account
    hats: tuple[Assignment, ...]
    paused: bool


class AccountDesk:
    """What an administrator does with accounts. `reach`: the units it may be done for; `actor`: who, for the ledger."""

    def __init__(self, sohoa: Sohoa, actor: str, reach: Reach = EVERYTHING, account_id: str = "") -> None:
        self._sohoa, self._options = sohoa, sohoa.settings.access
        self._actor, self._reach, self._self = actor, reach, account_id

    @classmethod
    def of(cls, sohoa: Sohoa, who: Principal) -> AccountDesk:
        """The desk of somebody who is signed in."""
        return cls(sohoa, who.name, who.reach, who.account)

    def lines(self) -> tuple[AccountLine, ...]:
        """Accounts with a role in a unit within reach, and those without any role, by name."""
        with self._sohoa.database.read() as uow:
            hats: dict[str, list[Assignment]] = {}
            for hat in uow.assignments.open():
                hats.setdefault(hat.account_id, []).append(hat)
            lines = [self._line(uow, account, tuple(hats.get(account.id, ()))) for account in uow.accounts.all()]
        return tuple(line for line in lines if not line.hats or any(covers(self._reach, hat.unit) for hat in line.hats))

    def line(self, account_id: str) -> AccountLine:
        """One account, all its hats of today and later; raises NotFound for one that is not within reach."""
        with self._sohoa.database.read() as uow:
            account = uow.accounts.get(account_id)
            now = uow.now()
            hats = tuple(hat for hat in uow.assignments.of_account(account_id) if hat.until is None or hat.until > now)
            if hats and not any(covers(self._reach, hat.unit) for hat in hats):
                raise NotFound(what="account", key=account_id)
            return self._line(uow, account, hats)

    def find(self, login: str) -> Account:
        """The account by its name; raises NotFound."""
        with self._sohoa.database.read() as uow:
            return uow.accounts.by_login(login_of(login))

    @staticmethod
    def _line(uow: UnitOfWork, account: Account, hats: tuple[Assignment, ...]) -> AccountLine:
        _, until = uow.accounts.failures(failure_key(account.login))
        return AccountLine(account, hats, until is not None and until > uow.now())

    def create(
        self, typed: str, name: str, role: Role | None = None, unit: str = "", *, external: bool = False
    ) -> tuple[Account, str]:
        """A new account and its one-time password, which is shown once. Raises BadLogin, LoginTaken, NotInReach, UnknownUnit."""
        login, name = login_of(typed), " ".join(name.split())
        if not _LOGIN.fullmatch(login):
            raise BadLogin
        if not name or len(name) > NAME_SIGNS:
            raise BadRequest(where="name")
        password = passwords.one_time()
        kept = passwords.hashed(password)
        with self._sohoa.database.transaction() as uow:
            account = _new(uow, login, name, kept, self._options.one_time_hours, external=external)
            if any(known.login == login for known in uow.accounts.all()):
                raise LoginTaken(login=login)
            uow.accounts.add(account)
            uow.ledger.append(CREATED, account.id, self._actor, {"external": external})
            if role is not None:
                self._assign(uow, account, role, unit)
        return account, password

    def reset_password(self, account_id: str) -> str:
        """A one-time password in place of the present one, shown once; every session ends.

        Raises NotFound, NotInReach, NotOneself, PasswordElsewhere.
        """
        self._not_oneself(account_id)
        password = passwords.one_time()
        kept = passwords.hashed(password)
        with self._sohoa.database.transaction() as uow:
            account = self._locked(uow, account_id)
            if account.issuer:
                raise PasswordElsewhere
            until = uow.now() + timedelta(hours=self._options.one_time_hours)
            uow.accounts.save(account, password_hash=kept, password_set_at=uow.now(), one_time_until=until)
            uow.accounts.forget_failures(failure_key(account.login))
            uow.sessions.end_all(account.id)
            uow.ledger.append("access.password_reset", account.id, self._actor, {})
        return password

    def reset_second_factor(self, account_id: str) -> None:
        """Forget a second factor that was lost; whoever needs one enrols anew. Raises NotFound, NotInReach, NotOneself."""
        self._not_oneself(account_id)
        with self._sohoa.database.transaction() as uow:
            account = self._locked(uow, account_id)
            uow.accounts.save(account, totp_secret="", totp_step=0)
            uow.accounts.put_codes(account.id, ())
            uow.sessions.end_all(account.id)
            uow.ledger.append("access.second_factor_reset", account.id, self._actor, {})

    def disable(self, account_id: str) -> None:
        """Nobody signs in with it any more; its sessions end, its tokens are worth nothing. Raises NotFound, NotOneself."""
        self._not_oneself(account_id)
        with self._sohoa.database.transaction() as uow:
            account = self._locked(uow, account_id)
            if account.disabled_at is None:
                uow.accounts.save(account, disabled_at=uow.now(), disabled_why=BY_ADMINISTRATOR)
                uow.sessions.end_all(account.id)
                uow.ledger.append("access.account_disabled", account.id, self._actor, {"why": BY_ADMINISTRATOR})

    def enable(self, account_id: str) -> str:
        """Enable it again with a new one-time password, shown once; none for an account of the provider.

        Raises NotFound, NotInReach.
        """
        with self._sohoa.database.transaction() as uow:
            account = self._locked(uow, account_id)
            uow.accounts.save(account, disabled_at=None, disabled_why="")
            uow.ledger.append("access.account_enabled", account.id, self._actor, {})
        return "" if account.issuer else self.reset_password(account_id)

    def unlock(self, account_id: str) -> None:
        """The name rests no more after wrong passwords. Raises NotFound, NotInReach."""
        with self._sohoa.database.transaction() as uow:
            account = self._locked(uow, account_id)
            uow.accounts.forget_failures(failure_key(account.login))
            uow.ledger.append("access.account_unlocked", account.id, self._actor, {})

    def assign(self, account_id: str, role: Role, unit: str) -> Assignment:
        """Give a role in a unit (empty: in all), from now on. Raises NotFound, NotInReach, UnknownUnit."""
        self._not_oneself(account_id)
        with self._sohoa.database.transaction() as uow:
            return self._assign(uow, self._locked(uow, account_id), role, unit)

    def unassign(self, account_id: str, assignment_id: str) -> None:
        """Take a role away, from now on. Raises NotFound, NotInReach, NotOneself."""
        self._not_oneself(account_id)
        with self._sohoa.database.transaction() as uow:
            hat = uow.assignments.get(assignment_id)
            if hat.account_id != account_id:
                raise NotFound(what="assignment", key=assignment_id)
            if not covers(self._reach, hat.unit):
                raise NotInReach
            uow.assignments.end(assignment_id)
            details: dict[str, object] = {"role": hat.role, "unit": hat.unit}
            uow.ledger.append("access.role_taken", account_id, self._actor, details)

    def disable_idle(self) -> int:
        """Disable every account nobody used for too long; how many that were."""
        disabled = 0
        with self._sohoa.database.transaction() as uow:
            for account in uow.accounts.all():
                if account.disabled_at is None and is_idle(account, uow.now(), self._options.idle_days):
                    disable_idle(uow, account)
                    disabled += 1
        return disabled

    def _assign(self, uow: UnitOfWork, account: Account, role: Role, unit: str) -> Assignment:
        if self._reach and not (unit and covers(self._reach, unit)):
            raise NotInReach
        if unit and unit != self._sohoa.settings.unit:
            try:
                uow.units.get(unit, today_in_vietnam(uow.now()))
            except NotFound as error:
                raise UnknownUnit(unit=unit) from error
        hat = Assignment(uuid4().hex, account.id, role.value, unit, uow.now(), None)
        same = [one for one in uow.assignments.current(account.id) if (one.role, one.unit) == (hat.role, hat.unit)]
        if same:
            return same[0]
        uow.assignments.add(hat, self._actor)
        uow.ledger.append("access.role_given", account.id, self._actor, {"role": role.value, "unit": unit})
        return hat

    def _locked(self, uow: UnitOfWork, account_id: str) -> Account:
        """The account, if all its roles are within reach: who administers a commune does not act on a province's people.

        Without a role now it is where it had roles before; one that never had any is its maker's.
        """
        account = uow.accounts.lock(account_id)
        hats = uow.assignments.current(account_id) or uow.assignments.of_account(account_id)
        if self._reach and not hats:
            made = [one.actor for one in uow.ledger.entries(subject=account_id) if one.event == CREATED]
            if made != [self._actor]:
                raise NotInReach
        if not all(covers(self._reach, hat.unit) for hat in hats):
            raise NotInReach
        return account

    def _not_oneself(self, account_id: str) -> None:
        if account_id and account_id == self._self:
            raise NotOneself


def _new(uow: UnitOfWork, login: str, name: str, kept: str, hours: int, *, external: bool) -> Account:
    now = uow.now()
    return Account(
        id=uuid4().hex,
        login=login,
        name=name,
        password_hash=kept,
        password_set_at=now,
        one_time_until=now + timedelta(hours=hours),
        external=external,
        totp_secret="",
        totp_step=0,
        disabled_at=None,
        disabled_why="",
        seen_at=None,
        issuer="",
        subject="",
        created_at=now,
    )
