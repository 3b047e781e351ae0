"""A server that is told to stop answers what it gives up, so that the sender knows to send it again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from api.cli.serving import listen
from api.http.shield import Shield


class Endless:
    """Two pages that never come to an end, and the server under them."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.config = uvicorn.Config(
            Shield(Starlette(routes=[Route("/v1/waits", self.waits), Route("/v1/streams", self.streams)]), {"127.0.0.1"}),
            log_level="warning", timeout_graceful_shutdown=0, lifespan="off",
        )  # fmt: skip
        self.server = uvicorn.Server(self.config)

    async def waits(self, _request: Request) -> Response:
        self.reached.set()
        await asyncio.Event().wait()
        raise AssertionError

    async def streams(self, _request: Request) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"a beginning"
            self.reached.set()
            await asyncio.Event().wait()

        return StreamingResponse(pieces())


@contextmanager
def stopped_while_asked(path: str) -> Iterator[httpx.Response]:
    """The answer to a request that was under way when the server was told to stop."""
    endless = Endless()
    with listen("127.0.0.1", 0) as opened:
        port = opened.getsockname()[1]
        serving = threading.Thread(target=endless.server.run, kwargs={"sockets": [opened]})
        serving.start()

        def stop() -> None:
            assert endless.reached.wait(30)
            endless.server.should_exit = True

        stopping = threading.Thread(target=stop)
        stopping.start()
        try:
            with httpx.stream(
                "GET", f"http://127.0.0.1:{port}/v1{path}", headers={"Accept-Language": "en"}, timeout=30
            ) as response:
                yield response
        finally:
            endless.reached.set()
            stopping.join()
            serving.join()


def test_what_is_given_up_is_to_be_sent_again(caplog: pytest.LogCaptureFixture) -> None:
    with stopped_while_asked("/waits") as response:
        problem = response.read()
    assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
    assert b"api.stopping" in problem
    assert "Traceback" not in caplog.text


def test_a_begun_answer_stays_visibly_incomplete(caplog: pytest.LogCaptureFixture) -> None:
    with stopped_while_asked("/streams") as response, pytest.raises(httpx.RemoteProtocolError):
        response.read()
    assert "in the middle of the answer" in caplog.text
    assert "Traceback" not in caplog.text
