"""A small remote signing service that speaks the Cloud Signature Consortium's API 2.0, and counts what it is asked."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from asn1crypto import algos
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, utils

from signing.keys import Pkcs12Key

PIN = "13579"


@dataclass
class CscService:
    """One credential, `cred-1`, with the key of `holder`."""

    holder: Pkcs12Key
    authorised: dict[str, list[str]] = field(default_factory=dict)
    pins: list[str] = field(default_factory=list)
    mode: str = "good"
    other: Pkcs12Key | None = None
    token: str = "token-1"
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, answer = service.answer(self.path, body, self.headers.get("Authorization", ""))
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path: str, body: dict[str, Any], who: str) -> tuple[int, Any]:
        if self.mode == "broken":
            return 503, {"error": "server_error"}
        self.asked.append(who)
        if who != f"Bearer {self.token}":
            return 401, {"error": "invalid_token"}
        if body.get("credentialID") != "cred-1":
            return 400, {"error": "invalid_request"}
        return {"info": self._info, "authorize": self._authorise, "signHash": self._sign}[path.rsplit("/", 1)[1]](path, body)

    def _info(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        assert path == "/csc/v2/credentials/info"
        certificates = [base64.b64encode(der).decode() for der in (self.holder.certificate, *self.holder.chain)]
        return 200, {
            "key": {"status": "enabled", "algo": ["1.2.840.113549.1.1.11"], "len": 2048},
            "cert": {"status": "valid", "certificates": certificates},
            "auth": {"mode": "explicit"},
            "multisign": 10,
            "SCAL": "2",
        }

    def _authorise(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        assert path == "/csc/v2/credentials/authorize"
        assert body["hashAlgorithmOID"] == algos.DigestAlgorithmId("sha256").dotted
        (pin,) = [one["value"] for one in body["authData"] if one["id"] == "PIN"]
        self.pins.append(pin)
        if pin != PIN:
            return 400, {"error": "invalid_pin", "error_description": f"wrong {pin}"}
        sad = f"sad-{len(self.authorised)}"
        self.authorised[sad] = body["hashes"]
        return 200, {"SAD": sad, "expiresIn": 60}

    def _sign(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        assert path == "/csc/v2/signatures/signHash"
        assert (body["hashAlgorithmOID"], body["signAlgo"]) == (algos.DigestAlgorithmId("sha256").dotted, "1.2.840.113549.1.1.11")
        if self.authorised.pop(body["SAD"], None) != body["hashes"]:
            return 400, {"error": "invalid_request"}
        key: Any = (self.other or self.holder)._key
        digest = utils.Prehashed(hashes.SHA256())
        signed = [key.sign(base64.b64decode(one), padding.PKCS1v15(), digest) for one in body["hashes"]]
        return 200, {"signatures": [base64.b64encode(one).decode() for one in signed]}
