"""Doors about the work itself: what data is looked at for, reports, retention, guides."""

from __future__ import annotations

from fastapi import APIRouter

from api.rest import keeping as keeping_doors
from api.rest import reports as report_doors
from api.web.pages import guide, keeping, purpose, reports, scanning, status

FURTHER: tuple[APIRouter, ...] = (
    purpose.router,
    report_doors.router,
    reports.router,
    scanning.router,
    status.router,
    guide.router,
    keeping_doors.router,
    keeping.router,
)
