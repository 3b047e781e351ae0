"""An S3 store, or what stands before it, that answers nonsense: the store counts as away, nothing else gets out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from storage.errors import StoreUnavailable
from storage.objects import open_store

DAMAGED = b"<?xml version='1.0'?><LocationConstraint>\x01\x02</LocationConstraint>"


class _Answering(BaseHTTPRequestHandler):
    answer = b""

    def do_HEAD(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(self.answer)))
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_: object) -> None:
        """Nothing between the tests' lines."""


@pytest.fixture(params=[DAMAGED, b"<html><body>Bad gateway", b"\xff\xfe", b""], ids=["damaged", "html", "bytes", "nothing"])
def store_url(request: pytest.FixtureRequest) -> Iterator[str]:
    handler = type("_Handler", (_Answering,), {"answer": request.param})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"s3://key:secret@127.0.0.1:{server.server_port}/bucket?secure=0"
        server.shutdown()


def test_nonsense_is_a_store_that_is_away(store_url: str) -> None:
    with pytest.raises(StoreUnavailable):
        open_store(store_url).put_bytes(b"paper", "text/plain")
