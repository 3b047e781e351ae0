"""An HTTP proxy in front of the S3 store that misbehaves on demand. Signatures of requests stay good: nothing sent is changed."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from urllib.parse import urlsplit

GOOD = "good"
SHARE = {"errors": 0.6, "silent": 0.5, "slow": 1.0, "wrong": 0.5, "cut": 0.5, "answer_lost": 0.5, "full": 1.0, "away": 1.0}
"""How many of the requests a mood meets, from 0 to 1."""
PIECES, PIECE_SECONDS = 6, 0.4
_DROP = frozenset({"connection", "keep-alive", "transfer-encoding"})


class Proxy:
    """Listens on a port of its own; `mood` says what happens to the next requests."""

    def __init__(self, store_url: str, seed: int) -> None:
        parts = urlsplit(store_url)
        self.upstream = (str(parts.hostname), int(parts.port or 80))
        self.met: Counter[str] = Counter()
        """Requests that a mood met, by mood."""
        self.mood = GOOD
        self._changed = threading.Event()
        self._chance, self._lock = Random(f"proxy {seed}"), threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign] # clients are killed all the time
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def set_mood(self, mood: str) -> None:
        """From now on; whoever was kept waiting is let go."""
        self.mood = mood
        self._changed.set()
        self._changed = threading.Event()

    def close(self) -> None:
        """Answer no more."""
        self.set_mood(GOOD)
        self._server.shutdown()
        self._server.server_close()

    def fate(self) -> str:
        """What happens to one request."""
        mood = self.mood
        with self._lock:
            if mood == GOOD or self._chance.random() >= SHARE[mood]:
                return GOOD
            self.met[mood] += 1
            return mood

    def wait_for_change(self) -> None:
        """Until the mood changes."""
        self._changed.wait(60)

    def spoil(self, body: bytes) -> bytes:
        """The same length, one bit wrong."""
        with self._lock:
            place, bit = self._chance.randrange(len(body)), 1 << self._chance.randrange(8)
        return body[:place] + bytes([body[place] ^ bit]) + body[place + 1 :]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(_Forwarding):
            pass

        Handler.proxy = proxy
        return Handler


class _Forwarding(BaseHTTPRequestHandler):
    """One connection of a client."""

    proxy: Proxy
    protocol_version = "HTTP/1.1"
    timeout = 120

    def log_message(self, *args: object) -> None:
        """Quiet."""

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fate = self.proxy.fate()
        if fate == "silent":
            self.proxy.wait_for_change()
        if fate in {"silent", "away"}:
            self.close_connection = True
            return
        if fate == "errors":
            self._say(503 if len(body) % 2 else 500, "InternalError")
            return
        if fate == "full" and self.command in {"PUT", "POST"}:
            self._say(507, "QuotaExceeded")
            return
        self._answer(*self._forward(body), fate)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _any  # noqa: N815 - names of http.server

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        upstream = http.client.HTTPConnection(*self.proxy.upstream, timeout=60)
        try:
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in _DROP | {"expect"}:
                    upstream.putheader(name, value)
            upstream.endheaders(body or None)
            answer = upstream.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            upstream.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes, fate: str) -> None:
        if fate == "answer_lost":
            self.close_connection = True
            return
        if fate == "wrong" and self.command == "GET" and status in {200, 206} and body:
            body = self.proxy.spoil(body)
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in _DROP:
                self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if fate == "cut" and body:
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
            return
        size = -(-len(body) // PIECES) if fate == "slow" else len(body)
        for start in range(0, len(body), size or 1):
            if fate == "slow":
                time.sleep(PIECE_SECONDS)
            self.wfile.write(body[start : start + size])

    def _say(self, status: int, code: str) -> None:
        body = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>fault</Message></Error>'.encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
