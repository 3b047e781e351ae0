"""Use case: somebody the OpenID provider vouches for comes in: the account is found or made, roles follow the claim."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from api.access.errors import AccountDisabled, LoginTaken, NoAssignment, ProviderRefused
from api.access.permissions import Role
from api.access.sign_in import SignIn, disable_idle, is_idle, login_of
from api.wiring import Sohoa
from storage.errors import NotFound
from storage.people import Account, Assignment
from storage.records.unit_of_work import UnitOfWork

MADE_BY = "provider"
_ODD = re.compile(r"[^a-z0-9._-]+")
NAME_SIGNS = 100


def come_in(sohoa: Sohoa, claims: dict[str, Any], agent: str = "") -> str:
    """The secret of a new session for the person of the verified `claims`.

    An account that exists under the same name without the provider is never taken over. Raises ProviderRefused, LoginTaken,
    AccountDisabled, NoAssignment.
    """
    options = sohoa.settings.access.provider
    refusal: AccountDisabled | NoAssignment | None = None
    secret = ""
    with sohoa.database.transaction() as uow:
        account = _known(uow, options.issuer, claims) or _made(uow, sohoa, claims)
        if account.disabled_at is None and is_idle(account, uow.now(), sohoa.settings.access.idle_days):
            account = disable_idle(uow, account)
        if options.roles_claim:
            _give(uow, account, _roles(options.roles, claims.get(options.roles_claim)))
        try:
            secret = SignIn(sohoa).with_provider(uow, account, agent)
        except (AccountDisabled, NoAssignment) as error:
            uow.ledger.append("access.sign_in_refused", account.id, account.login, {"why": error.code})
            refusal = error
    if refusal is not None:
        raise refusal
    return secret


def _known(uow: UnitOfWork, issuer: str, claims: dict[str, Any]) -> Account | None:
    try:
        found = uow.accounts.by_subject(issuer, str(claims["sub"]))
    except NotFound:
        return None
    return uow.accounts.lock(found.id)


def _made(uow: UnitOfWork, sohoa: Sohoa, claims: dict[str, Any]) -> Account:
    options = sohoa.settings.access.provider
    login = _ODD.sub("-", login_of(str(claims.get(options.login_claim) or ""))).strip("-._")[:50]
    if len(login) < 2:
        raise ProviderRefused(why=options.login_claim)
    try:
        uow.accounts.by_login(login)
    except NotFound:
        pass
    else:
        raise LoginTaken(login=login)
    name = " ".join(str(claims.get(options.name_claim) or login).split())[:NAME_SIGNS]
    account = Account(
        id=uuid4().hex, login=login, name=name, password_hash="", password_set_at=None, one_time_until=None, external=False,
        totp_secret="", totp_step=0, disabled_at=None, disabled_why="", seen_at=None, issuer=options.issuer,
        subject=str(claims["sub"]), created_at=uow.now(),
    )  # fmt: skip
    uow.accounts.add(account)
    uow.ledger.append("access.account_created", account.id, MADE_BY, {"by": "provider"})
    return account


def _roles(known: dict[str, tuple[str, ...]], claim: object) -> set[tuple[Role, str]]:
    """Roles in units for the values of the claim: a text, or a list of them. What the settings do not name gives nothing."""
    values = claim if isinstance(claim, list) else [claim]
    wanted = [entry for value in values if isinstance(value, str) for entry in known.get(value, ())]
    pairs = [entry.partition("@") for entry in wanted]
    return {(Role(role), unit) for role, _, unit in pairs if role in set(Role)}


def _give(uow: UnitOfWork, account: Account, wanted: set[tuple[Role, str]]) -> None:
    """Let the account have exactly these roles, as far as they differ from what it has."""
    present = {(hat.role, hat.unit): hat for hat in uow.assignments.current(account.id)}
    for key, hat in present.items():
        if key not in {(role.value, unit) for role, unit in wanted}:
            uow.assignments.end(hat.id)
            uow.ledger.append("access.role_taken", account.id, MADE_BY, {"role": hat.role, "unit": hat.unit})
    for role, unit in sorted(wanted):
        if (role.value, unit) not in present:
            uow.assignments.add(Assignment(uuid4().hex, account.id, role.value, unit, uow.now(), None), MADE_BY)
            uow.ledger.append("access.role_given", account.id, MADE_BY, {"role": role.value, "unit": unit})
