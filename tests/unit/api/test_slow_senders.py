"""Senders that take their time must not keep others from being served."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from starlette.types import Message

from api.access.permissions import Role
from api.errors import UploadStalled
from api.http.bodies import timely
from tests.world.door import HOST, Door, open_door

SLOW = 60
"""More than the web process has worker threads (40)."""
DATA = b"%PDF-1.7 slowly"
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("slow") / "data") as opened:
        yield opened


async def _meanwhile(door: Door) -> tuple[int, int, list[str]]:
    """Status of /health and of a listing while SLOW uploads are half sent, then those of the uploads."""
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(door.app),
        base_url=f"http://{HOST}",
        headers={"Authorization": f"Bearer {door.tokens[Role.CLERK]}"},
    )
    begun, go_on = asyncio.Semaphore(0), asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield DATA[:5]
        begun.release()
        await go_on.wait()
        yield DATA[5:]

    async with client, asyncio.timeout(60):
        batch = (await client.post("/v1/batches", json={})).json()["id"]
        address = f"/v1/batches/{batch}/files/{SHA256}"
        sending = [asyncio.create_task(client.put(f"{address}?name={n}.pdf", content=body())) for n in range(SLOW)]
        try:
            async with asyncio.timeout(20):
                for _ in range(SLOW):
                    await begun.acquire()
                health = await client.get("/health")
                listing = await client.get("/v1/batches")
        finally:
            go_on.set()
        answers = await asyncio.gather(*sending)
        return health.status_code, listing.status_code, ["" if answer.status_code == 201 else answer.text for answer in answers]


def test_slow_uploads_hold_no_threads(door: Door) -> None:
    health, listing, sent = asyncio.run(_meanwhile(door))
    assert (health, listing) == (200, 200)
    assert sent == [""] * SLOW
    assert list((door.sohoa.settings.data_dir / "tmp").iterdir()) == []


def test_a_silent_sender_is_given_up() -> None:
    async def silent() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(UploadStalled):
        asyncio.run(timely(silent, 0.01)())


def test_waiting_for_the_end_of_a_stream_has_no_limit() -> None:
    messages: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if messages:
            return messages.pop()
        await asyncio.sleep(0.05)
        return {"type": "http.disconnect"}

    async def both() -> list[str]:
        guarded = timely(receive, 0.01)
        return [(await guarded())["type"], (await guarded())["type"]]

    assert asyncio.run(both()) == ["http.request", "http.disconnect"]
