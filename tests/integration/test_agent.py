"""`sohoa agent` as a real process with a PKCS#12 file and with a SoftHSM2 token: who may ask, what is signed, what is not."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from signing.keys import require_strong, signature_fits
from tests.unit.signing.test_attributes import der, good
from tests.unit.signing.world import PASSPHRASE, World, make_world
from tests.world.tokens import MODULE, PIN, Tokens

ROOT = Path(__file__).resolve().parents[2]
PAGE = "https://sohoa.example.vn"


@dataclass
class Agent:
    """A running agent."""

    process: subprocess.Popen[str]
    port: int

    def ask(
        self, method: str, path: str, body: Any = None, *, origin: str | None = PAGE, host: str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], Any]:
        """Status, headers (lower case) and JSON of one request, sent as told and not as a library would."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", host or f"127.0.0.1:{self.port}")
        if origin is not None:
            connection.putheader("Origin", origin)
        sent = json.dumps(body).encode() if body is not None else b""
        given = {"Content-Type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in given.items():
            connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(sent)))
        connection.endheaders(sent)
        answer = connection.getresponse()
        data = answer.read()
        told = {name.lower(): value for name, value in answer.getheaders()}
        connection.close()
        return answer.status, told, json.loads(data) if data else None

    def sign(self, fingerprint: str, *attributes: bytes, **how: Any) -> tuple[int, Any]:
        documents = [{"name": f"giấy tờ {n}", "attributes": b64encode(one).decode()} for n, one in enumerate(attributes)]
        status, _, answer = self.ask("POST", "/v1/sign", {"certificate_sha256": fingerprint, "documents": documents}, **how)
        return status, answer


@contextlib.contextmanager
def agent(log: Path, *arguments: str, yes: bool = True) -> Iterator[Agent]:
    command = [sys.executable, "-m", "api.cli.main", "agent", "--origin", PAGE, "--port", "0", "--json", *arguments]
    with log.open("w") as err:
        process = subprocess.Popen(
            [*command, *(["--yes"] if yes else [])],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=err, text=True,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            assert first, log.read_text()
            yield Agent(process, int(json.loads(first)["url"].rsplit(":", 1)[1]))
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def p12(world: World) -> list[str]:
    (world.folder / "secret").write_bytes(PASSPHRASE)
    return ["--p12", str(world.folder / "Nguyễn Văn Thử.p12"), "--secret-file", str(world.folder / "secret")]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, p12: list[str]) -> Iterator[Agent]:
    with agent(tmp_path_factory.mktemp("agent") / "log", *p12) as one:
        yield one


def fits(certificate: bytes, data: bytes, signature: str) -> bool:
    key = require_strong(x509.load_der_x509_certificate(certificate).public_key(), "")
    return signature_fits(key, "sha256", data, b64decode(signature))


def test_an_allowed_page_gets_certificates_and_signatures(running: Agent, world: World) -> None:
    status, headers, answer = running.ask("GET", "/v1/certificates")
    (certificate,) = answer["certificates"]
    assert (status, b64decode(certificate["certificate"])) == (200, world.clerk.certificate)
    assert headers["access-control-allow-origin"] == PAGE
    assert headers["vary"] == "Origin"
    data = der(good(world.clerk.certificate))
    status, answer = running.sign(certificate["sha256"], data, data)
    assert status == 200
    assert [fits(world.clerk.certificate, data, one) for one in answer["signatures"]] == [True, True]


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (None, None),
        ("null", None),
        ("https://evil.example", None),
        (PAGE + ".evil.example", None),
        (PAGE + ":8443", None),
        ("http://sohoa.example.vn", None),
        (PAGE.upper(), None),
        (PAGE, "sohoa.evil.example"),
        (PAGE, "127.0.0.1"),
        (PAGE, "127.0.0.1:1"),
        (PAGE, "rebound.example:28128"),
    ],
)
def test_anybody_else_is_refused(running: Agent, world: World, origin: str | None, host: str | None) -> None:
    data = der(good(world.clerk.certificate))
    for method, path in (("GET", "/v1/certificates"), ("OPTIONS", "/v1/sign")):
        status, headers, answer = running.ask(method, path, origin=origin, host=host)
        assert (status, answer["code"]) == (403, "api.agent_origin_refused")
        assert not [name for name in headers if name.startswith("access-control")]
    status, answer = running.sign("0" * 64, data, origin=origin, host=host)
    assert (status, answer["code"]) == (403, "api.agent_origin_refused")


def test_a_preflight_is_answered_private_network_too(running: Agent) -> None:
    asked = {"access_control_request_method": "POST", "access_control_request_headers": "content-type"}
    status, headers, _ = running.ask("OPTIONS", "/v1/sign", **asked)
    assert (status, headers["access-control-allow-headers"]) == (204, "content-type")
    assert "access-control-allow-private-network" not in headers
    assert "access-control-allow-credentials" not in headers
    _, headers, _ = running.ask("OPTIONS", "/v1/sign", access_control_request_private_network="true", **asked)
    assert headers["access-control-allow-private-network"] == "true"


def test_only_document_attributes_for_its_own_certificate_are_signed(running: Agent, world: World) -> None:
    _, _, answer = running.ask("GET", "/v1/certificates")
    mine = answer["certificates"][0]["sha256"]
    ok, stranger = der(good(world.clerk.certificate)), der(good(world.key("Trần Thị Lạ").certificate))
    for bad in (b"any bytes at all", stranger, ok + b"\0"):
        status, answer = running.sign(mine, ok, bad)
        assert (status, answer["code"]) == (422, "signing.attributes_refused")
        assert "signatures" not in answer  # all or none
    status, answer = running.sign("0" * 64, ok)
    assert (status, answer["code"]) == (404, "api.agent_no_such_key")


def test_what_is_no_request_is_told(running: Agent) -> None:
    for body in ({}, {"certificate_sha256": "x", "documents": []}, [1], {"certificate_sha256": "0" * 64, "documents": [{}]}):
        status, _, answer = running.ask("POST", "/v1/sign", body)
        assert (status, answer["code"]) == (422, "api.bad_request")
    status, _, answer = running.ask("POST", "/v1/sign", {}, Content_Type="text/plain")
    assert (status, answer["code"]) == (422, "api.bad_request")
    status, _, answer = running.ask("POST", "/v1/sign", {"x": "y" * 3_000_000})
    assert (status, answer["code"]) == (413, "api.request_too_large")


def test_the_person_is_asked_and_may_say_no(p12: list[str], world: World, tmp_path: Path) -> None:
    data = der(good(world.clerk.certificate))
    with agent(tmp_path / "log", *p12, yes=False) as one:
        assert one.process.stdin is not None
        _, _, answer = one.ask("GET", "/v1/certificates")
        mine = answer["certificates"][0]["sha256"]
        one.process.stdin.write("không\n")
        one.process.stdin.flush()
        status, answer = one.sign(mine, data)
        assert (status, answer["code"]) == (409, "api.agent_declined")
        assert "Chưa ký gì cả" in answer["detail"]
        one.process.stdin.write("có\n")
        one.process.stdin.flush()
        assert one.sign(mine, data)[0] == 200
        one.process.stdin.close()
        assert one.sign(mine, data)[0] == 409
    said = (tmp_path / "log").read_text()
    assert PAGE in said
    assert "giấy tờ 0" in said
    assert PASSPHRASE.decode() not in said


def test_a_token_at_the_desk(world: World, tmp_path: Path) -> None:
    before = os.environ.get("SOFTHSM2_CONF")
    tokens = Tokens(tmp_path)
    try:
        tokens.use()
        tokens.init("cán bộ")
        certificate = tokens.put_key("cán bộ", world.issuing, "Nguyễn Văn Thử", "p256")
        (tmp_path / "pin").write_text(PIN)
        data = der(good(certificate))
        where = ["--module", str(MODULE), "--token", "cán bộ", "--secret-file", str(tmp_path / "pin")]
        with agent(tmp_path / "log", *where) as one:
            _, _, answer = one.ask("GET", "/v1/certificates")
            mine = answer["certificates"][0]["sha256"]
            status, answer = one.sign(mine, data)
            assert status == 200
            assert fits(certificate, data, answer["signatures"][0])
        assert PIN not in (tmp_path / "log").read_text()
        (tmp_path / "pin").write_text("999999")
        for _ in range(2):
            ran = subprocess.run(
                [sys.executable, "-m", "api.cli.main", "agent", "--origin", PAGE, *where],
                check=False,
                cwd=ROOT,
                capture_output=True,
                text=True,
            )
            assert ran.returncode == 69
            assert "báo mã PIN sai" in ran.stderr
            assert "999999" not in ran.stderr + ran.stdout
    finally:
        os.environ.pop("SOFTHSM2_CONF") if before is None else os.environ.update(SOFTHSM2_CONF=before)
