"""Joins the doors: the HTTP API under /v1, health, and the pages."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from fastapi import FastAPI

from api.access.browser import hosts_for
from api.access.provider import Provider
from api.access.turnstile import Turnstile
from api.audit.runs import AuditRuns
from api.certification.public_check import PublicCheck
from api.http.problems import install
from api.http.shield import Shield
from api.http.watched import Watched
from api.options import WebOptions
from api.rest import (
    arranging,
    attention,
    batches,
    certification,
    files,
    health,
    metrics,
    papers,
    records,
    registers,
    reviewing,
    sao_y,
    searches,
    signing,
    verification,
)
from api.scan.runs import ScanRuns
from api.watch.figures import Believed
from api.watch.metrics import Place
from api.web.pages import clerk, door, officer, public_check, review, searching, strip
from api.web.pages import signing as signing_page
from api.web.rooms import ROUTERS
from api.web.site import error_page, mount_static
from api.wiring import Sohoa
from ingest.options import BoxOptions
from ingest.ports import Box
from ingest.sandbox import ProcessBox

JSON_LIMIT_BYTES = 2 * 1024**2
"""Largest request body of a route that takes no files."""

DESCRIPTION = """Scan in, signed searchable records out, found again and verifiable.

Every error is a problem document (RFC 9457) with a stable `code`. Reading personal data is recorded in the ledger; say why
with `?purpose=`. Sentences come in Vietnamese or English (`?lang=`, else Accept-Language)."""


def create_app(sohoa: Sohoa, *, options: WebOptions | None = None, viewer: Box | None = None) -> FastAPI:
    """The web application on a joined product. `viewer` draws page images (default: one child process of its own)."""
    chosen = options or sohoa.settings.web
    box = viewer or ProcessBox(BoxOptions(workers=1, seconds=chosen.viewer_seconds), scratch=str(sohoa.settings.data_dir / "tmp"))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with _spooling_in(sohoa.settings.data_dir / "tmp"):
            app.state.scan_runs.recover()
            yield
        app.state.scan_runs.close()
        app.state.audit_runs.close()
        if isinstance(box, ProcessBox):
            box.close()

    app = FastAPI(
        title="Sohoa",
        version=_version(),
        description=DESCRIPTION,
        openapi_url="/v1/openapi.json",
        docs_url=None,  # FastAPI's own pages load scripts from a foreign host
        redoc_url=None,
        lifespan=lifespan,
        max_body_size=JSON_LIMIT_BYTES,
    )
    _keep(app, sohoa, chosen, box)
    install(app, error_page)
    for part in (batches, papers, reviewing, records, attention, verification, health, door, clerk, review, searching, officer):
        app.include_router(part.router)
    for part in (certification, registers, sao_y, searches, signing, signing_page, public_check):
        app.include_router(part.router)
    for router in ROUTERS:
        app.include_router(router)
    for part in (arranging, files, strip, metrics):
        app.include_router(part.router)
    app.include_router(certification.public_router)
    mount_static(app)
    app.add_middleware(Shield, allowed_hosts=hosts_for(sohoa.settings.host, chosen.allowed_hosts))
    app.add_middleware(Watched)
    return app


def _keep(app: FastAPI, sohoa: Sohoa, chosen: WebOptions, box: Box) -> None:
    """What routes find again through their request."""
    app.state.sohoa = sohoa
    app.state.web_options = chosen
    app.state.viewer = box
    app.state.provider = Provider(sohoa.settings.access.provider)
    app.state.turnstile = Turnstile(sohoa.settings.access.sign_ins_a_minute)
    app.state.public_check = PublicCheck(sohoa)
    app.state.audit_runs = AuditRuns(sohoa)
    app.state.scan_runs = ScanRuns(sohoa)
    app.state.readiness = health.Readiness()
    app.state.believed = Believed(sohoa)
    app.state.parts = health.Parts(sohoa)
    app.state.place = Place(app.state.believed, app.state.parts.timed, sohoa.settings.watch.alive_seconds)


@contextmanager
def _spooling_in(folder: Path) -> Iterator[None]:
    """Let the parser of forms spool there: the system's /tmp may be small or in memory, and others may look into it."""
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def _version() -> str:
    try:
        return version("sohoa")
    except PackageNotFoundError:
        return "0"
