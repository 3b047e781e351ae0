"""Hats: from an assignment to what somebody may do and whose work they reach."""

from __future__ import annotations

from collections.abc import Sequence

from api.access.errors import NoAssignment
from api.access.permissions import SUPERVISING, Principal, Role
from storage.people import Account, Assignment
from storage.records.unit_of_work import UnitOfWork
from storage.registers import today_in_vietnam


def hat_of(hats: Sequence[Assignment], chosen: str) -> Assignment:
    """The chosen hat, or the first if that is worn no more; raises NoAssignment when there is none with a role we know."""
    known = [hat for hat in hats if hat.role in set(Role)]
    if not known:
        raise NoAssignment
    return next((hat for hat in known if hat.id == chosen), known[0])


def principal_for(uow: UnitOfWork, account: Account, hat: Assignment) -> Principal:
    """The account wearing that hat."""
    role = Role(hat.role)
    return Principal(account.login, role, hat.unit, further_of(uow, role, hat.unit), account.id)


def further_of(uow: UnitOfWork, role: Role, unit: str) -> tuple[str, ...]:
    """The units that `role` in `unit` answers for besides: merged ones, and for supervisors all those below."""
    return uow.units.answered_for(unit, today_in_vietnam(uow.now()), below=role in SUPERVISING) if unit else ()
