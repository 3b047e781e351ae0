"""Use case: signing in with account and password, then a second factor; by link; signing out.

A try is counted before the password is looked at, so that many tries at once gain nothing, and forgotten when the sign-in is
complete. Every sign-in makes a new secret: one that was planted before is worth nothing (session fixation).
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from uuid import uuid4

from api.access import passwords, second_factor
from api.access.errors import AccountDisabled, OneTimeExpired, SecondFactorMissing, SignInPaused, WrongSignIn
from api.access.hats import hat_of
from api.access.seats import Missing, Seat
from api.access.tokens import hash_secret, new_secret, principal_of
from api.errors import Unauthorized
from api.wiring import Sohoa
from storage.errors import NotFound
from storage.people import Account, Session
from storage.records.unit_of_work import UnitOfWork

UNKNOWN = "unknown"
"""Who acted, in the ledger, when the name that was typed is nobody's: it may be a password in the wrong field."""
AGENT_SIGNS = 120
IDLE = "idle"


def login_of(typed: str) -> str:
    """The name of an account as it is kept."""
    return passwords.plain(typed).strip().lower()


def failure_key(login: str) -> str:
    """Under which failures of a name are counted."""
    return hashlib.sha256(login.encode("utf-8", "replace")).hexdigest()


class SignIn:
    """The door."""

    def __init__(self, sohoa: Sohoa) -> None:
        self._sohoa, self._options = sohoa, sohoa.settings.access

    def with_password(self, typed: str, password: str, agent: str = "") -> str:
        """The secret of a new session, which may still miss a second factor or a new password.

        Raises WrongSignIn, SignInPaused, AccountDisabled, OneTimeExpired, NoAssignment.
        """
        login = login_of(typed)
        self._count_try(login)
        account = self._find(login)
        if not passwords.matches(account.password_hash if account else "", password) or account is None:
            self._failed(login, account, "password")
            raise WrongSignIn
        secret = new_secret()
        with self._sohoa.database.transaction() as uow:
            account = uow.accounts.lock(account.id)
            refusal = self._refusal(uow, account)
            if refusal is None:
                hat = hat_of(uow.assignments.current(account.id), "")
                session = self._session(uow.now(), account.id, hat.id, agent)
                uow.accounts.save(account, seen_at=uow.now())
                uow.sessions.add(session, hash_secret(secret))
                if not account.totp_secret:
                    uow.accounts.forget_failures(failure_key(login))
                uow.ledger.append("access.signed_in", account.id, login, {"session": session.id, "by": "password"})
        if refusal is not None:
            raise refusal
        return secret

    def with_second_factor(self, seat: Seat, code: str) -> str:
        """The new secret of the session, after a code of the app or a recovery code. Raises WrongSignIn, SignInPaused."""
        if seat.account is None or seat.missing is not Missing.SECOND_FACTOR:
            raise SecondFactorMissing
        login = seat.account.login
        self._count_try(login)
        secret = new_secret()
        with self._sohoa.database.transaction() as uow:
            account = uow.accounts.lock(seat.account.id)
            step = second_factor.step_of(account.totp_secret, code, uow.now(), account.totp_step)
            recovered = step is None and uow.accounts.use_code(account.id, second_factor.hash_code(code))
            if step is not None or recovered:
                uow.accounts.save(account, totp_step=step if step is not None else account.totp_step)
                uow.sessions.update(seat.session.id, secret_sha256=hash_secret(secret), second_factor=True)
                uow.accounts.forget_failures(failure_key(login))
                event = "access.recovery_code_used" if recovered else "access.second_factor_shown"
                uow.ledger.append(event, account.id, login, {"session": seat.session.id})
        if step is None and not recovered:
            self._failed(login, seat.account, "second_factor")
            raise WrongSignIn
        return secret

    def with_token(self, token: str, agent: str = "") -> str:
        """The secret of a new session opened by a sign-in link. A person's own API token opens none; raises Unauthorized."""
        who = principal_of(self._sohoa.database, token)
        secret = new_secret()
        with self._sohoa.database.transaction() as uow:
            row = uow.tokens.find(hash_secret(token))
            if row is None or row.assignment_id or row.scopes:
                raise Unauthorized
            session = self._session(uow.now(), "", "", agent, token_seq=row.seq)
            uow.sessions.add(session, hash_secret(secret))
            uow.ledger.append("access.signed_in", who.name, who.name, {"session": session.id, "by": "link"})
        return secret

    def with_provider(self, uow: UnitOfWork, account: Account, agent: str = "") -> str:
        """The secret of a new session for somebody the OpenID provider vouches for. Raises AccountDisabled, NoAssignment."""
        if account.disabled_at is not None:
            raise AccountDisabled
        secret = new_secret()
        hat = hat_of(uow.assignments.current(account.id), "")
        session = self._session(uow.now(), account.id, hat.id, agent, provider=True)
        uow.accounts.save(account, seen_at=uow.now())
        uow.sessions.add(session, hash_secret(secret))
        uow.ledger.append("access.signed_in", account.id, account.login, {"session": session.id, "by": "provider"})
        return secret

    def out(self, seat: Seat) -> None:
        """End this session."""
        with self._sohoa.database.transaction() as uow:
            uow.sessions.end(seat.session.id)
            subject = seat.account.id if seat.account else seat.principal.name
            uow.ledger.append("access.signed_out", subject, seat.principal.name, {"session": seat.session.id})

    def _session(
        self, now: datetime, account_id: str, assignment_id: str, agent: str, *, token_seq: int = 0, provider: bool = False
    ) -> Session:
        return Session(
            id=uuid4().hex,
            account_id=account_id,
            token_seq=token_seq,
            assignment_id=assignment_id,
            second_factor=False,
            created_at=now,
            seen_at=now,
            ends_at=now + timedelta(hours=self._options.session_hours),
            agent=agent[:AGENT_SIGNS],
            provider=provider,
        )

    def _find(self, login: str) -> Account | None:
        try:
            with self._sohoa.database.read() as uow:
                return uow.accounts.by_login(login)
        except NotFound:
            return None

    def _count_try(self, login: str) -> None:
        """Count a try under this name, and let the name rest after too many. Raises SignInPaused."""
        key, options = failure_key(login), self._options
        with self._sohoa.database.transaction() as uow:
            now = uow.now()
            _, until = uow.accounts.failures(key)
            if until is None or until <= now:
                beyond = uow.accounts.count_failure(key) - options.failures_before_pause
                if beyond >= 0:
                    # the exponent is bounded: a name may be tried for years
                    rest = min(options.pause_seconds * 2 ** min(beyond, 20), options.longest_pause_seconds)
                    uow.accounts.pause(key, now + timedelta(seconds=rest))
                return
        raise SignInPaused(seconds=max(1, round((until - now).total_seconds())))

    def _failed(self, login: str, account: Account | None, what: str) -> None:
        with self._sohoa.database.transaction() as uow:
            count, until = uow.accounts.failures(failure_key(login))
            subject, actor = (account.id, login) if account else ("sign-in", UNKNOWN)
            uow.ledger.append("access.sign_in_failed", subject, actor, {"wrong": what, "in_a_row": count})
            if until is not None and until > uow.now():
                uow.ledger.append("access.paused", subject, actor, {"in_a_row": count})

    def _refusal(self, uow: UnitOfWork, account: Account) -> AccountDisabled | OneTimeExpired | None:
        """Why somebody with the right password does not come in; an account nobody used for long is disabled now."""
        if account.disabled_at is None and is_idle(account, uow.now(), self._options.idle_days):
            account = disable_idle(uow, account)
        if account.disabled_at is not None:
            uow.ledger.append("access.sign_in_refused", account.id, account.login, {"why": "disabled"})
            return AccountDisabled()
        if account.one_time_until is not None and account.one_time_until <= uow.now():
            uow.ledger.append("access.sign_in_refused", account.id, account.login, {"why": "one_time_expired"})
            return OneTimeExpired()
        return None


def is_idle(account: Account, now: datetime, idle_days: int) -> bool:
    """True if nobody used the account for so long (QCVN 12:2026: 45 days)."""
    last = max(moment for moment in (account.seen_at, account.password_set_at, account.created_at) if moment is not None)
    return now - last > timedelta(days=idle_days)


def disable_idle(uow: UnitOfWork, account: Account) -> Account:
    """Disable an account nobody uses, and write it down."""
    uow.sessions.end_all(account.id)
    uow.ledger.append("access.account_disabled", account.id, "sohoa", {"why": IDLE})
    return uow.accounts.save(account, disabled_at=uow.now(), disabled_why=IDLE)
