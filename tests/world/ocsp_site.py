"""An OCSP responder over HTTP on this machine: sound, silent, failing and lying, switched by `kind`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

PORTAL = b"<html><title>Welcome to our Wi-Fi</title>Log in, please</html>"
Pair = tuple[x509.Certificate, rsa.RSAPrivateKey]


class OcspSite:
    """Answers about every certificate of the authorities given; `kind` says how, `by` who signs (None: the issuer)."""

    def __init__(self, *authorities: Pair) -> None:
        self.authorities = {one.serial_number: (one, key) for one, key in authorities}
        self.certificates: dict[int, x509.Certificate] = {}
        self.kind = "good"
        self.kinds: dict[int, str] = {}
        """How about single certificates, by serial number."""
        self.by: Pair | None = None
        self.moment = timedelta()
        """How far its clock is ahead."""
        self.asked: list[int] = []
        self.release = Event()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = site.answer(ocsp.load_der_ocsp_request(body))
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", site.url("/elsewhere"))
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]  # the client of a hanging answer is gone

    def url(self, path: str = "/ocsp") -> str:
        return f"http://127.0.0.1:{self.server.server_port}{path}"

    def knows(self, *certificates: bytes) -> None:
        """Certificates (DER) it answers about."""
        for der in certificates:
            one = x509.load_der_x509_certificate(der)
            self.certificates[one.serial_number] = one

    def answer(self, request: ocsp.OCSPRequest) -> tuple[int, bytes]:
        """Status and body."""
        self.asked.append(request.serial_number)
        kind = self.kinds.get(request.serial_number, self.kind)
        if kind == "hang":
            self.release.wait(5)
        plain = {"500": (500, b"no"), "html": (200, PORTAL), "nothing": (200, b""), "redirect": (302, b""), "hang": (200, b"")}
        if kind in plain:
            return plain[kind]
        if kind == "refused":
            unsuccessful = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
            return 200, unsuccessful.public_bytes(Encoding.DER)
        return 200, self.signed(request, kind)

    def signed(self, request: ocsp.OCSPRequest, kind: str) -> bytes:
        """A whole answer, right or wrong."""
        asked = self.certificates[request.serial_number]
        if kind == "other":
            asked = next(one for one in self.certificates.values() if one != asked)
        issuer, issuer_key = next(pair for pair in self.authorities.values() if pair[0].subject == asked.issuer)
        signer, key = self.by or (issuer, issuer_key)
        statuses = {"revoked": ocsp.OCSPCertStatus.REVOKED, "unknown": ocsp.OCSPCertStatus.UNKNOWN}
        status = statuses.get(kind, ocsp.OCSPCertStatus.GOOD)
        now = datetime.now(UTC).replace(microsecond=0) + self.moment
        begin, days = {"stale": (now - timedelta(days=9), 8), "future": (now + timedelta(hours=1), 1)}.get(kind, (now, 7))
        revoked = status is ocsp.OCSPCertStatus.REVOKED
        builder = ocsp.OCSPResponseBuilder().add_response(
            asked, issuer, hashes.SHA1(), status, begin, None if kind == "endless" else begin + timedelta(days=days),
            now - timedelta(hours=1) if revoked else None, x509.ReasonFlags.key_compromise if revoked else None,
        )  # fmt: skip
        builder = builder.responder_id(
            ocsp.OCSPResponderEncoding.HASH if kind == "by key" else ocsp.OCSPResponderEncoding.NAME, signer
        )
        if signer != issuer:
            builder = builder.certificates([signer])
        if kind == "nonce":
            builder = builder.add_extension(x509.OCSPNonce(b"\7" * 16), critical=False)
        elif kind != "no nonce":
            builder = builder.add_extension(request.extensions.get_extension_for_class(x509.OCSPNonce).value, critical=False)
        answer = builder.sign(key, hashes.SHA256())
        der = answer.public_bytes(Encoding.DER)
        return der.replace(answer.signature, bytes(len(answer.signature))) if kind == "signature" else der


@contextmanager
def running(site: OcspSite) -> Iterator[OcspSite]:
    """The site, answering while the block runs."""
    Thread(target=site.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield site
    finally:
        site.release.set()
        site.server.shutdown()
        site.server.server_close()
