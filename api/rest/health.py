"""Is the process alive, and can it do its work? Both need no sign-in and tell nothing about papers."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.access.permissions import Action
from api.http.identity import Product, public
from api.views import View
from api.watch.errors import NoWorkerAlive
from api.wiring import Sohoa
from ingest.errors import CodedError
from ingest.late import Late

if TYPE_CHECKING:
    from ocr.engines.tesseract import languages
else:
    languages = Late("ocr.engines.tesseract", "languages")

router = APIRouter(tags=["health"])

_BELIEVED_SECONDS = 5.0
"""How long an answer about the parts is believed: looking writes to the store."""

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
    seconds: float = 0.0


class ReadyView(View):
    """All parts; `ready` only if every one is."""

    ready: bool
    parts: tuple[PartView, ...]


@router.get("/health")
async def health(_: Annotated[Action, Depends(public)]) -> HealthView:
    """200 as long as the process lives; answered without a worker thread, so that busy ones cannot hide it."""
    return HealthView()


class Readiness:
    """What was found out about the parts, believed for a few seconds: the question needs no sign-in and must cost nothing.

    Whoever asks meanwhile waits in the event loop, so that a part that hangs takes one worker thread and not all.
    """

    def __init__(self, seconds: float = _BELIEVED_SECONDS) -> None:
        self._seconds = seconds
        self._lock = asyncio.Lock()
        self._seen: tuple[float, ReadyView] | None = None

    async def of(self, sohoa: Sohoa) -> ReadyView:
        """All parts, looked at anew if the last look is too old."""
        async with self._lock:
            if self._seen is None or monotonic() - self._seen[0] > self._seconds:
                view = await run_in_threadpool(_look, sohoa)
                self._seen = (monotonic(), view)
            return self._seen[1]


def _look(sohoa: Sohoa) -> ReadyView:
    checks: dict[str, Callable[[Sohoa], None]] = {
        "database": _database,
        "objects": _objects,
        "recognition": _engine,
        "worker": _worker,
    }
    parts = tuple(_checked(name, check, sohoa) for name, check in checks.items())
    return ReadyView(ready=all(part.ok for part in parts), parts=parts)


@router.get("/ready", responses={503: {"description": "A part is missing", "model": ReadyView}})
async def ready(request: Request, _: Annotated[Action, Depends(public)], sohoa: Product, response: Response) -> ReadyView:
    """200 when the database answers, the store takes bytes, the engine is there and a worker works; else 503 with what is not."""
    readiness: Readiness = request.app.state.readiness
    view = await readiness.of(sohoa)
    if not view.ready:
        response.status_code = 503
    return view


def _checked(name: str, check: Callable[[Sohoa], None], sohoa: Sohoa) -> PartView:
    begun = perf_counter()
    try:
        check(sohoa)
    except CodedError as error:
        return PartView(name=name, ok=False, detail=error.code, seconds=round(perf_counter() - begun, 6))
    return PartView(name=name, ok=True, seconds=round(perf_counter() - begun, 6))


class Parts:
    """The same look for metrics and the status page, from threads."""

    def __init__(self, sohoa: Sohoa, seconds: float = _BELIEVED_SECONDS) -> None:
        self._sohoa, self._seconds = sohoa, seconds
        self._lock = threading.Lock()
        self._seen: tuple[float, ReadyView] | None = None

    def view(self) -> ReadyView:
        """All parts, looked at anew if the last look is too old."""
        with self._lock:
            if self._seen is None or monotonic() - self._seen[0] > self._seconds:
                view = _look(self._sohoa)
                self._seen = (monotonic(), view)
            return self._seen[1]

    def timed(self) -> tuple[tuple[str, bool, float], ...]:
        """Name, whether it answers, seconds."""
        return tuple((part.name, part.ok, part.seconds) for part in self.view().parts)


def _database(sohoa: Sohoa) -> None:
    with sohoa.database.read() as uow:
        uow.batches.latest(1)


def _objects(sohoa: Sohoa) -> None:
    sohoa.objects.put_bytes(PROBE, "text/plain")


def _worker(sohoa: Sohoa) -> None:
    """Raises NoWorkerAlive unless one proved of late that it can work: a process that is merely up proves nothing."""
    seconds = sohoa.settings.watch.alive_seconds
    with sohoa.database.read() as uow:
        now, rows = uow.now(), uow.watching.workers()
    if not any(row.fresh(now, seconds) for row in rows):
        raise NoWorkerAlive(seconds=int(seconds))


_engine_seen: dict[int, float] = {}


def _engine(_: Sohoa) -> None:
    """Raises EngineMissing; asks the program at most once a minute."""
    if monotonic() - _engine_seen.get(os.getpid(), -_ENGINE_SECONDS) > _ENGINE_SECONDS:
        languages()
        _engine_seen[os.getpid()] = monotonic()
