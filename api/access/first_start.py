"""First start: the first administrator's account with a one-time password, and the unit the settings name."""

from __future__ import annotations

from dataclasses import dataclass

from api.access.accounts import AccountDesk
from api.access.permissions import Role
from api.wiring import Sohoa
from storage.people import OrgUnit, UnitKind
from storage.registers import today_in_vietnam

FIRST = "quantri"
MACHINE = "sohoa"


@dataclass(frozen=True, slots=True)
class FirstAccount:
    """What is printed once."""

    login: str
    password: str


def prepare(sohoa: Sohoa) -> FirstAccount | None:
    """Make the first unit and, when there is no account at all, the first administrator; None if there are accounts.

    No default password exists: it is drawn by lot, works for some days, and has to be changed at the first sign-in.
    """
    _first_unit(sohoa)
    with sohoa.database.read() as uow:
        known = uow.accounts.count()
    if known or not sohoa.settings.access.local_accounts:
        return None
    account, password = AccountDesk(sohoa, MACHINE).create(FIRST, "Quản trị hệ thống", Role.ADMIN)
    return FirstAccount(account.login, password)


def _first_unit(sohoa: Sohoa) -> None:
    code = sohoa.settings.unit
    with sohoa.database.read() as uow:
        if uow.units.versions():
            return
    with sohoa.database.transaction() as uow:
        uow.units.lock()
        if not uow.units.versions():
            name = sohoa.settings.mark.unit_names.get(code, code)
            uow.units.add(OrgUnit(code, name, UnitKind.COMMUNE, "", today_in_vietnam(uow.now())))
