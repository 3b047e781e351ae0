"""The pages of certifier, văn thư and auditor, one line a module, so that a new one is a line here."""

from __future__ import annotations

from fastapi import APIRouter

from api.web.pages import auditor, certification_acts, certifications, ledger, registers, registrar

ROUTERS: tuple[APIRouter, ...] = (
    auditor.router,
    certifications.router,
    certification_acts.router,
    registrar.router,
    registers.router,
    ledger.router,
)
