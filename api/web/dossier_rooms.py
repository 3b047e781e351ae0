"""The doors of dossiers, reuse and the life of records: pages and /v1, one line a module."""

from __future__ import annotations

from fastapi import APIRouter

from api.rest import dossiers as dossiers_rest
from api.rest import reuse as reuse_rest
from api.web.pages import dossiers, placing, record_life, reuse

ROUTERS: tuple[APIRouter, ...] = (
    dossiers.router,
    reuse.router,
    record_life.router,
    placing.router,
    placing.rest_router,
    dossiers_rest.router,
    reuse_rest.router,
    record_life.package_router,
)
