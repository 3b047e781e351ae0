"""Time-stamp authorities over HTTP on this machine, one for each path: sound, refusing, hanging, failing and lying ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from asn1crypto import cms, tsp

from signing.keys import SealKey
from signing.timestamps import LocalTimestamper

PORTAL = b"<html><title>Welcome to our Wi-Fi</title>Log in, please</html>"
FAULTS = ("500", "html", "refused", "imprint", "nonce", "signature", "strange", "hang", "late", "nothing")


class TimestampSite:
    """One server that answers by the path asked: `/good`, `/html`, … `dead` turns every path into an error."""

    def __init__(self, key: SealKey, stranger: SealKey, clock: Callable[[], datetime] | None = None) -> None:
        """`key` is certified for time-stamping, `stranger` is not."""
        self.key, self.stranger = key, stranger
        self.clock = clock or (lambda: datetime.now(UTC))
        self.asked: list[str] = []
        self.dead = False
        self.release = Event()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                kind = self.path.strip("/")
                site.asked.append(kind)
                status, answer = site.answer("500" if site.dead else kind, tsp.TimeStampReq.load(body))
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]  # the client of a hanging answer is gone

    def answer(self, kind: str, request: tsp.TimeStampReq) -> tuple[int, bytes]:
        """Status and body."""
        if kind == "hang":
            self.release.wait(5)
        if kind in {"500", "html", "nothing"}:
            return {"500": (500, b"no"), "html": (200, PORTAL), "nothing": (200, b"")}[kind]
        if kind == "refused":
            return 200, b"\x30\x05" + tsp.PKIStatusInfo({"status": "rejection"}).dump()
        digest, nonce = request["message_imprint"]["hashed_message"].native, request["nonce"].native
        late = timedelta(hours=1) if kind == "late" else timedelta()
        stamper = LocalTimestamper(self.stranger if kind == "strange" else self.key, clock=lambda: self.clock() - late)
        token = stamper.token(bytes(32) if kind == "imprint" else digest, "sha256", nonce + (kind == "nonce"))
        if kind == "signature":
            value = cms.ContentInfo.load(token)["content"]["signer_infos"][0]["signature"].native
            token = token.replace(value, bytes(len(value)))
        return 200, tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": cms.ContentInfo.load(token)}).dump()

    def url(self, kind: str = "good") -> str:
        """Where an authority of this kind is asked."""
        return f"http://127.0.0.1:{self.server.server_port}/{kind}"


@contextmanager
def running(site: TimestampSite) -> Iterator[TimestampSite]:
    """The site, answering while the block runs."""
    Thread(target=site.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield site
    finally:
        site.release.set()
        site.server.shutdown()
        site.server.server_close()
