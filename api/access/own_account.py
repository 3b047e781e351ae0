"""Use case: what somebody does with the own account: password, second factor, sessions, hat, API tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from api.access import passwords, second_factor
from api.access.errors import (
    BadLifetime,
    BadScope,
    OwnAccountNeeded,
    PasswordsDiffer,
    SecondFactorMissing,
    SecondFactorNeeded,
    SignInPaused,
    WrongSignIn,
)
from api.access.hats import hat_of
from api.access.permissions import ALWAYS, PERMISSIONS, Action, Role
from api.access.seats import Seat, second_factor_needed
from api.access.sign_in import failure_key
from api.access.tokens import hash_secret, new_secret
from api.errors import BadRequest
from api.wiring import Sohoa
from storage.errors import NotFound
from storage.people import Account, Session
from storage.records.unit_of_work import UnitOfWork
from storage.trail import TokenRow

LABEL_SIGNS = 60


class OwnAccount:
    """The account of whoever sits in `seat`; a link has none (OwnAccountNeeded)."""

    def __init__(self, sohoa: Sohoa, seat: Seat) -> None:
        if seat.account is None:
            raise OwnAccountNeeded
        self._sohoa, self._options, self._seat, self._account = sohoa, sohoa.settings.access, seat, seat.account

    def change_password(self, old: str, new: str, again: str) -> str:
        """The new secret of this session; every other session of the account ends, a one-time password is past.

        Raises WrongSignIn, SignInPaused, PasswordsDiffer and what `passwords.require_good` raises.
        """
        self._require_password(old)
        if passwords.plain(new) != passwords.plain(again):
            raise PasswordsDiffer
        with self._sohoa.database.read() as uow:
            former = uow.accounts.former(self._account.id, self._options.password_history)
        passwords.require_good(new, self._account.login, former, self._options)
        kept, secret = passwords.hashed(new), new_secret()
        with self._sohoa.database.transaction() as uow:
            account = uow.accounts.lock(self._account.id)
            if account.password_hash != self._account.password_hash:
                raise WrongSignIn  # an administrator or another window changed it meanwhile
            uow.accounts.save(account, password_hash=kept, password_set_at=uow.now(), one_time_until=None)
            uow.sessions.end_all(account.id, but=self._seat.session.id)
            uow.sessions.update(self._seat.session.id, secret_sha256=hash_secret(secret))
            uow.ledger.append("access.password_changed", account.id, account.login, {})
        return secret

    def begin_second_factor(self) -> str:
        """A fresh shared secret to be shown; nothing is kept until a code proves that the app has it."""
        if self._account.totp_secret:
            raise SecondFactorNeeded
        return second_factor.new_secret()

    def enrol(self, shared: str, code: str) -> tuple[str, tuple[str, ...]]:
        """The new secret of this session, and the recovery codes, shown once. Raises WrongSignIn, SecondFactorMissing."""
        if not second_factor.is_secret(shared):
            raise SecondFactorMissing
        secret, codes = new_secret(), second_factor.recovery_codes()
        with self._sohoa.database.transaction() as uow:
            account = uow.accounts.lock(self._account.id)
            if account.totp_secret:
                raise SecondFactorNeeded
            step = second_factor.step_of(shared, code, uow.now(), 0)
            if step is None:
                raise WrongSignIn
            uow.accounts.save(account, totp_secret=shared, totp_step=step)
            uow.accounts.put_codes(account.id, tuple(second_factor.hash_code(one) for one in codes))
            uow.sessions.end_all(account.id, but=self._seat.session.id)
            uow.sessions.update(self._seat.session.id, secret_sha256=hash_secret(secret), second_factor=True)
            uow.ledger.append("access.second_factor_enrolled", account.id, account.login, {})
        return secret, codes

    def new_recovery_codes(self, password: str) -> tuple[str, ...]:
        """Fresh recovery codes in place of the old ones. Raises WrongSignIn, SecondFactorMissing."""
        self._require_password(password)
        if not self._account.totp_secret:
            raise SecondFactorMissing
        codes = second_factor.recovery_codes()
        with self._sohoa.database.transaction() as uow:
            uow.accounts.put_codes(self._account.id, tuple(second_factor.hash_code(one) for one in codes))
            uow.ledger.append("access.recovery_codes_made", self._account.id, self._account.login, {})
        return codes

    def drop_second_factor(self, password: str) -> None:
        """Sign in with the password alone from now on. Raises WrongSignIn, SecondFactorNeeded."""
        self._require_password(password)
        if second_factor_needed(self._account, self._seat.hats, self._options):
            raise SecondFactorNeeded
        with self._sohoa.database.transaction() as uow:
            uow.accounts.save(uow.accounts.lock(self._account.id), totp_secret="", totp_step=0)
            uow.accounts.put_codes(self._account.id, ())
            uow.ledger.append("access.second_factor_dropped", self._account.id, self._account.login, {})

    def sessions(self) -> tuple[Session, ...]:
        """Where the account is signed in, newest first."""
        with self._sohoa.database.read() as uow:
            used_since = uow.now() - timedelta(minutes=self._options.session_idle_minutes)
            return uow.sessions.of_account(self._account.id, used_since)

    def end_other_sessions(self) -> int:
        """Sign out everywhere but here; how many sessions that were."""
        with self._sohoa.database.transaction() as uow:
            ended = uow.sessions.end_all(self._account.id, but=self._seat.session.id)
            uow.ledger.append("access.sessions_ended", self._account.id, self._account.login, {"sessions": ended})
        return ended

    def wear(self, assignment_id: str) -> str:
        """Put on another hat; the new secret of this session, as for any change of what one may do. Raises NotFound."""
        secret = new_secret()
        with self._sohoa.database.transaction() as uow:
            hat = next((hat for hat in uow.assignments.current(self._account.id) if hat.id == assignment_id), None)
            if hat is None:
                raise NotFound(what="assignment", key=assignment_id)
            uow.sessions.update(self._seat.session.id, assignment_id=hat.id, secret_sha256=hash_secret(secret))
            details: dict[str, object] = {"role": hat.role, "unit": hat.unit}
            uow.ledger.append("access.hat_worn", self._account.id, self._account.login, details)
        return secret

    def codes_left(self) -> int:
        """How many recovery codes are unused."""
        with self._sohoa.database.read() as uow:
            return uow.accounts.codes_left(self._account.id)

    def tokens(self) -> tuple[TokenRow, ...]:
        """One's valid API tokens, newest first."""
        with self._sohoa.database.read() as uow:
            return uow.tokens.of_account(self._account.id)

    def issue_token(self, label: str, scopes: Sequence[str], days: int) -> str:
        """A new API token for the hat that is worn; shown once. Raises BadRequest, BadScope, BadLifetime, Conflict."""
        with self._sohoa.database.transaction() as uow:
            return issue_for(uow, self._account, self._seat.session.assignment_id, label, scopes, days, self._options.token_days)

    def revoke_token(self, name: str) -> None:
        """One of one's own tokens is worth nothing any more. Raises NotFound."""
        with self._sohoa.database.transaction() as uow:
            revoke_for(uow, self._account, name, self._account.login)

    def _require_password(self, password: str) -> None:
        """The present password, asked again before what matters; wrong ones count as failures of signing in."""
        key, options = failure_key(self._account.login), self._options
        with self._sohoa.database.read() as uow:
            _, until = uow.accounts.failures(key)
            if until is not None and until > uow.now():
                raise SignInPaused(seconds=max(1, round((until - uow.now()).total_seconds())))
        if passwords.matches(self._account.password_hash, password):
            return
        with self._sohoa.database.transaction() as uow:
            beyond = uow.accounts.count_failure(key) - options.failures_before_pause
            if beyond >= 0:
                rest = min(options.pause_seconds * 2 ** min(beyond, 20), options.longest_pause_seconds)
                uow.accounts.pause(key, uow.now() + timedelta(seconds=rest))
            uow.ledger.append("access.sign_in_failed", self._account.id, self._account.login, {"wrong": "password_again"})
        raise WrongSignIn


def issue_for(
    uow: UnitOfWork, account: Account, assignment_id: str, label: str, scopes: Sequence[str], days: int, longest_days: int
) -> str:
    """A new token of an account for one of its hats. Raises BadRequest, BadScope, BadLifetime, NoAssignment, Conflict."""
    label = " ".join(label.split())
    if not label or len(label) > LABEL_SIGNS:
        raise BadRequest(where="label")
    if not 1 <= days <= longest_days:
        raise BadLifetime(days=longest_days)
    hat = hat_of(uow.assignments.current(account.id), assignment_id)
    allowed = {str(action) for action in scopes_for(Role(hat.role))}
    wrong = [scope for scope in scopes if scope not in allowed]
    if wrong or not scopes:
        raise BadScope(scope=(wrong or [""])[0][:60])
    secret = new_secret()
    name = f"{account.login}:{label}"
    uow.tokens.add(
        name, hat.role, hash_secret(secret), hat.unit, uow.now() + timedelta(days=days),
        assignment_id=hat.id, label=label, scopes=sorted(set(scopes)),
    )  # fmt: skip
    details: dict[str, object] = {"scopes": sorted(set(scopes)), "days": days, "role": hat.role, "unit": hat.unit}
    uow.ledger.append("access.token_issued", account.id, account.login, details)
    return secret


def revoke_for(uow: UnitOfWork, account: Account, name: str, actor: str) -> None:
    """Revoke a token of an account by its name. Raises NotFound."""
    if name not in {row.name for row in uow.tokens.of_account(account.id)}:
        raise NotFound(what="token", key=name)
    uow.tokens.revoke(name)
    uow.ledger.append("access.token_revoked", account.id, actor, {})


def scopes_for(role: Role) -> tuple[Action, ...]:
    """What a token of this role may be allowed; administration of people and units always needs a person at a screen."""
    never = ALWAYS | {Action.ACCOUNT_ADMIN, Action.UNIT_ADMIN}
    return tuple(action for action in Action if action in PERMISSIONS[role] and action not in never)
