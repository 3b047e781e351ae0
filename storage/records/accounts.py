"""Accounts, their former passwords and recovery codes, and failures of signing in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from storage.errors import Conflict, NotFound
from storage.people import Account
from storage.records.access_tables import accounts, passwords, recovery_codes, sign_in_failures
from storage.records.work import Work

_FACTS = tuple(Account.__dataclass_fields__)


def account_of(row: Any) -> Account:
    """The fact a row stands for."""
    return Account(**{name: getattr(row, name) for name in _FACTS})


class Accounts:
    """Who may sign in."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, account: Account) -> None:
        """A new account; Conflict if its login, or its subject at the provider, is taken."""
        self._work.connection.execute(accounts.insert().values(**{name: getattr(account, name) for name in _FACTS}))
        if account.password_hash:
            self._remember(account)

    def get(self, account_id: str) -> Account:
        """The account, or NotFound."""
        return self._one(accounts.c.id == account_id, account_id)

    def by_login(self, login: str) -> Account:
        """The account with this login (lower case), or NotFound."""
        return self._one(accounts.c.login == login, login)

    def by_subject(self, issuer: str, subject: str) -> Account:
        """The account a provider knows by `subject`, or NotFound."""
        return self._one((accounts.c.issuer == issuer) & (accounts.c.subject == subject) & (accounts.c.subject != ""), subject)

    def lock(self, account_id: str) -> Account:
        """The account, with every other change of it waiting until this transaction ends; or NotFound."""
        row = self._work.connection.execute(select(accounts).where(accounts.c.id == account_id).with_for_update()).one_or_none()
        if row is None:
            raise NotFound(what="account", key=account_id)
        return account_of(row)

    def all(self) -> tuple[Account, ...]:
        """Every account, by login."""
        return tuple(account_of(row) for row in self._work.connection.execute(select(accounts).order_by(accounts.c.login)))

    def count(self) -> int:
        """How many there are."""
        return int(self._work.connection.execute(select(func.count()).select_from(accounts)).scalar_one())

    def save(self, before: Account, **changes: Any) -> Account:
        """The account with `changes`; Conflict if it is gone. A new password is remembered."""
        after = replace(before, **changes)
        if (
            changes
            and not self._work.connection.execute(accounts.update().where(accounts.c.id == before.id).values(**changes)).rowcount
        ):
            raise Conflict
        if changes.get("password_hash"):
            self._remember(after)
        return after

    def former(self, account_id: str, most: int) -> tuple[str, ...]:
        """The hashes of the last `most` passwords, newest first, the present one among them."""
        statement = select(passwords.c.hash).where(passwords.c.account_id == account_id).order_by(passwords.c.seq.desc())
        return tuple(self._work.connection.execute(statement.limit(most)).scalars())

    def _remember(self, account: Account) -> None:
        values = {"account_id": account.id, "hash": account.password_hash, "set_at": self._work.now()}
        self._work.connection.execute(passwords.insert().values(**values))

    def put_codes(self, account_id: str, hashes: tuple[str, ...]) -> None:
        """New recovery codes in place of the old ones."""
        self._work.connection.execute(recovery_codes.delete().where(recovery_codes.c.account_id == account_id))
        for one in hashes:
            self._work.connection.execute(recovery_codes.insert().values(account_id=account_id, code_sha256=one))

    def use_code(self, account_id: str, code_sha256: str) -> bool:
        """True if this was an unused recovery code; it is used now."""
        statement = recovery_codes.update().where(
            recovery_codes.c.account_id == account_id,
            recovery_codes.c.code_sha256 == code_sha256,
            recovery_codes.c.used_at.is_(None),
        )
        return bool(self._work.connection.execute(statement.values(used_at=self._work.now())).rowcount)

    def codes_left(self, account_id: str) -> int:
        """How many recovery codes are unused."""
        unused = (recovery_codes.c.account_id == account_id) & recovery_codes.c.used_at.is_(None)
        return int(self._work.connection.execute(select(func.count()).select_from(recovery_codes).where(unused)).scalar_one())

    def failures(self, login_sha256: str) -> tuple[int, datetime | None]:
        """How often signing in under this name failed in a row, and until when it rests."""
        row = self._work.connection.execute(
            select(sign_in_failures).where(sign_in_failures.c.login_sha256 == login_sha256)
        ).one_or_none()
        return (row.failures, row.paused_until) if row is not None else (0, None)

    def count_failure(self, login_sha256: str) -> int:
        """One more failure; how many there are now in a row."""
        known = sign_in_failures.c.login_sha256 == login_sha256
        now = self._work.now()
        more = sign_in_failures.update().where(known).values(failures=sign_in_failures.c.failures + 1, failed_at=now)
        first = {"login_sha256": login_sha256, "failures": 1, "failed_at": now}
        if not self._work.insert_once(sign_in_failures, first, ("login_sha256",)):
            self._work.connection.execute(more)
        return int(self._work.connection.execute(select(sign_in_failures.c.failures).where(known)).scalar_one())

    def pause(self, login_sha256: str, until: datetime) -> None:
        """Nobody may try this name before `until`."""
        known = sign_in_failures.c.login_sha256 == login_sha256
        self._work.connection.execute(sign_in_failures.update().where(known).values(paused_until=until))

    def forget_failures(self, login_sha256: str) -> None:
        """The next failure is the first again."""
        self._work.connection.execute(sign_in_failures.delete().where(sign_in_failures.c.login_sha256 == login_sha256))

    def forget_failures_before(self, moment: datetime) -> int:
        """Forget what failed last before `moment`; how many names that were."""
        return self._work.connection.execute(sign_in_failures.delete().where(sign_in_failures.c.failed_at < moment)).rowcount

    def _one(self, rule: Any, key: str) -> Account:
        row = self._work.connection.execute(select(accounts).where(rule)).one_or_none()
        if row is None:
            raise NotFound(what="account", key=key)
        return account_of(row)
