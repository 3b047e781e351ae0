"""From the secret of a cookie to who sits there: session, account, hat, and what is still missing of the sign-in.

Every request looks the account and its roles up anew, so that a disabled account or a role taken away ends at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from api.access.errors import NoAssignment
from api.access.hats import hat_of, principal_for
from api.access.options import AccessOptions
from api.access.permissions import Principal, Role
from api.access.tokens import hash_secret, principal_of_row
from api.errors import Unauthorized
from api.wiring import Sohoa
from storage.errors import NotFound
from storage.people import Account, Assignment, Session
from storage.records.unit_of_work import UnitOfWork

TOUCH_AFTER = timedelta(seconds=60)
"""How old the note of the last use may get before it is written anew."""


class Missing(StrEnum):
    """The next step of a sign-in that is not finished, in this order."""

    SECOND_FACTOR = "second_factor"
    PASSWORD = "password"  # noqa: S105 - the name of a step
    ENROLMENT = "enrolment"


@dataclass(frozen=True, slots=True)
class Seat:
    """Who is signed in, in this browser."""

    session: Session
    principal: Principal
    account: Account | None
    """None when a link opened the session."""
    hats: tuple[Assignment, ...]
    missing: Missing | None


def seat_of(sohoa: Sohoa, secret: str) -> Seat:
    """The seat of the cookie with this secret; raises Unauthorized. Notes, once a minute, that it is used."""
    if not secret:
        raise Unauthorized
    options = sohoa.settings.access
    with sohoa.database.read() as uow:
        now = uow.now()
        session = uow.sessions.find(hash_secret(secret), now - timedelta(minutes=options.session_idle_minutes))
        if session is None:
            raise Unauthorized
        seat = _of_account(uow, session, options) if session.account_id else _of_token(uow, session)
    if now - session.seen_at > TOUCH_AFTER:
        with sohoa.database.transaction() as uow:
            uow.sessions.update(session.id, seen_at=now)
    return seat


def _of_token(uow: UnitOfWork, session: Session) -> Seat:
    row = uow.tokens.numbered(session.token_seq)
    if row is None:
        raise Unauthorized
    return Seat(session, principal_of_row(uow, row), None, (), None)


def _of_account(uow: UnitOfWork, session: Session, options: AccessOptions) -> Seat:
    try:
        account = uow.accounts.get(session.account_id)
        if account.disabled_at is not None:
            raise Unauthorized
        hats = uow.assignments.current(account.id)
        hat = hat_of(hats, session.assignment_id)
    except (NotFound, NoAssignment) as error:
        raise Unauthorized from error
    return Seat(session, principal_for(uow, account, hat), account, hats, missing_of(session, account, hats, options, uow.now()))


def missing_of(
    session: Session, account: Account, hats: tuple[Assignment, ...], options: AccessOptions, now: datetime
) -> Missing | None:
    """What is still to be done before the account may work; nothing if the provider vouches for the person."""
    if session.provider:
        return None
    if account.totp_secret and not session.second_factor:
        return Missing.SECOND_FACTOR
    if password_due(account, hats, options, now):
        return Missing.PASSWORD
    if second_factor_needed(account, hats, options) and not account.totp_secret:
        return Missing.ENROLMENT
    return None


def password_due(account: Account, hats: tuple[Assignment, ...], options: AccessOptions, now: datetime) -> bool:
    """True for a one-time password, and for an administrator's that is too old (QCVN 12:2026: every two months)."""
    if account.one_time_until is not None:
        return True
    administrates = any(hat.role == Role.ADMIN for hat in hats)
    since = account.password_set_at or account.created_at
    return administrates and now - since > timedelta(days=options.admin_password_days)


def second_factor_needed(account: Account, hats: tuple[Assignment, ...], options: AccessOptions) -> bool:
    """True for people from outside and for the roles that the settings name (QCVN 12:2026: administrators)."""
    return account.external or any(hat.role in options.second_factor_roles for hat in hats)
