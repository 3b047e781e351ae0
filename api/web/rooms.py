"""Pages, one line a module, so that a new one is a line here."""

from __future__ import annotations

from fastapi import APIRouter

from api.web.dossier_rooms import ROUTERS as DOSSIER_ROUTERS
from api.web.further_rooms import FURTHER
from api.web.pages import (
    account,
    accounts,
    auditor,
    audits,
    certification_acts,
    certifications,
    ledger,
    provider,
    registers,
    registrar,
    sign_in_steps,
    units,
)

ROUTERS: tuple[APIRouter, ...] = (
    *DOSSIER_ROUTERS,
    *FURTHER,
    auditor.router,
    certifications.router,
    certification_acts.router,
    registrar.router,
    registers.router,
    ledger.router,
    audits.router,
    sign_in_steps.router,
    provider.router,
    account.router,
    accounts.router,
    units.router,
)
