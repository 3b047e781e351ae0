"""Time-stamp authorities over HTTP on this machine: sound, refusing, hanging, failing and lying ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from time import monotonic

import pytest
from asn1crypto import cms, tsp

from signing.authorities import HttpTimestamper, Limits
from signing.errors import TimestampPending
from signing.model import Level, Role, SealKind, SealRequest
from signing.seal import seal
from signing.timestamps import LocalTimestamper
from tests.unit.signing.world import World

QUICK = Limits(timeout_seconds=0.4)
DIGEST = b"\7" * 32


class Site:
    """One server that answers by the path asked: `/good`, `/html`, …"""

    def __init__(self, world: World) -> None:
        self.world, self.asked, self.release = world, [], Event()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                kind = self.path.strip("/")
                site.asked.append(kind)
                status, answer = site.answer(kind, tsp.TimeStampReq.load(body))
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]  # the client of a hanging answer is gone

    def answer(self, kind: str, request: tsp.TimeStampReq) -> tuple[int, bytes]:
        if kind == "hang":
            self.release.wait(5)
        if kind == "500":
            return 500, b"no"
        if kind == "html":
            return 200, b"<html>Log in, please</html>"
        if kind == "refused":
            return 200, tsp.TimeStampResp({"status": {"status": "rejection"}}).dump()
        digest = request["message_imprint"]["hashed_message"].native
        nonce = request["nonce"].native
        stamper = LocalTimestamper(self.world.clerk) if kind == "strange" else self.world.stamper
        token = stamper.token(bytes(32) if kind == "imprint" else digest, "sha256", nonce + (kind == "nonce"))
        if kind == "signature":
            value = cms.ContentInfo.load(token)["content"]["signer_infos"][0]["signature"].native
            token = token.replace(value, bytes(len(value)))
        return 200, tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": cms.ContentInfo.load(token)}).dump()

    def url(self, kind: str) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/{kind}"


@contextmanager
def _running(world: World) -> Iterator[Site]:
    site = Site(world)
    Thread(target=site.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield site
    site.release.set()
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, world: World) -> Iterator[Site]:
    with _running(world) as one:
        yield one


def test_a_token_is_asked_for_and_checked(site: Site, world: World) -> None:
    token = HttpTimestamper([site.url("good")], world.trust).token(DIGEST, "sha256")
    info = cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed
    assert info["message_imprint"]["hashed_message"].native == DIGEST


@pytest.mark.parametrize("kind", ["500", "html", "refused", "imprint", "nonce", "signature", "strange", "hang"])
def test_a_bad_authority_is_left_for_the_next(site: Site, world: World, kind: str) -> None:
    bad = site.url(kind)
    stamper = HttpTimestamper([bad, site.url("good")], world.trust, QUICK)
    start = monotonic()
    assert stamper.token(DIGEST, "sha256")
    assert monotonic() - start < 3.6
    site.asked.clear()
    assert stamper.token(DIGEST, "sha256")
    assert site.asked == ["good"]
    with pytest.raises(TimestampPending):
        HttpTimestamper([bad], world.trust, QUICK).token(DIGEST, "sha256")


def test_nobody_there(world: World) -> None:
    stamper = HttpTimestamper(["http://127.0.0.1:9/", "http://127.0.0.1:9/x"], world.trust, QUICK)
    with pytest.raises(TimestampPending) as caught:
        stamper.token(DIGEST, "sha256")
    assert caught.value.retryable


def test_a_rested_authority_is_asked_again_and_the_budget_is_kept(site: Site, world: World) -> None:
    now = [0.0]
    stamper = HttpTimestamper([site.url("500"), site.url("good")], world.trust, QUICK, clock=lambda: now[0])
    stamper.token(DIGEST, "sha256")
    now[0] = 61.0
    site.asked.clear()
    stamper.token(DIGEST, "sha256")
    assert site.asked == ["500", "good"]
    few = HttpTimestamper([site.url("good")], world.trust, Limits(most_requests=2), clock=lambda: now[0])
    few.token(DIGEST, "sha256")
    few.token(DIGEST, "sha256")
    with pytest.raises(TimestampPending):
        few.token(DIGEST, "sha256")
    now[0] += 1201.0
    assert few.token(DIGEST, "sha256")


def test_sealing_waits_and_never_lowers_the_level(site: Site, world: World, plain: Path, tmp_path: Path) -> None:
    request = SealRequest(SealKind.DIGITISED_COPY, Role.PERSONAL, "Clerk", level=Level.B_LT)
    out = tmp_path / "x.pdf"
    with pytest.raises(TimestampPending):
        seal(plain, out, request, world.clerk, world.trust, HttpTimestamper([site.url("html")], world.trust, QUICK))
    assert not out.exists()
    sealed = seal(plain, out, request, world.clerk, world.trust, HttpTimestamper([site.url("good")], world.trust))
    assert sealed.level is Level.B_LT
    assert sealed.time_stamped
