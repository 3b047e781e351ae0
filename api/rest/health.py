"""Is the process alive, and can it do its work? Both need no sign-in and tell nothing about papers."""

from __future__ import annotations

import os
from collections.abc import Callable
from time import monotonic
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from api.access.permissions import Action
from api.http.identity import Product, public
from api.views import View
from api.wiring import Sohoa
from ingest.errors import CodedError
from ocr.engines.tesseract import languages

router = APIRouter(tags=["health"])

PROBE = b"sohoa readiness probe\n"
_ENGINE_SECONDS = 60.0
"""How long the answer about the engine is believed: asking starts a program."""


class HealthView(View):
    """The process answers."""

    status: str = "ok"


class PartView(View):
    """One part the product needs."""

    name: str
    ok: bool
    detail: str = ""


class ReadyView(View):
    """All parts; `ready` only if every one is."""

    ready: bool
    parts: tuple[PartView, ...]


@router.get("/health")
async def health(_: Annotated[Action, Depends(public)]) -> HealthView:
    """200 as long as the process lives; answered without a worker thread, so that busy ones cannot hide it."""
    return HealthView()


@router.get("/ready", responses={503: {"description": "A part is missing", "model": ReadyView}})
def ready(_: Annotated[Action, Depends(public)], sohoa: Product, response: Response) -> ReadyView:
    """200 when the database answers, the store takes bytes and the recognition engine is there; else 503 with what is not."""
    checks: dict[str, Callable[[Sohoa], None]] = {"database": _database, "objects": _objects, "recognition": _engine}
    parts = tuple(_checked(name, check, sohoa) for name, check in checks.items())
    if not all(part.ok for part in parts):
        response.status_code = 503
    return ReadyView(ready=all(part.ok for part in parts), parts=parts)


def _checked(name: str, check: Callable[[Sohoa], None], sohoa: Sohoa) -> PartView:
    try:
        check(sohoa)
    except CodedError as error:
        return PartView(name=name, ok=False, detail=error.code)
    return PartView(name=name, ok=True)


def _database(sohoa: Sohoa) -> None:
    with sohoa.database.read() as uow:
        uow.batches.latest(1)


def _objects(sohoa: Sohoa) -> None:
    sohoa.objects.put_bytes(PROBE, "text/plain")


_engine_seen: dict[int, float] = {}


def _engine(_: Sohoa) -> None:
    """Raises EngineMissing; asks the program at most once a minute."""
    if monotonic() - _engine_seen.get(os.getpid(), -_ENGINE_SECONDS) > _ENGINE_SECONDS:
        languages()
        _engine_seen[os.getpid()] = monotonic()
