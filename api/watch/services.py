"""Time-stamp authorities and OCSP responders, each call measured."""

from __future__ import annotations

from api.watch.measures import outside
from signing.authorities import HttpTimestamper
from signing.ocsp import Answer, Responders


class WatchedTimestamper(HttpTimestamper):
    """The same, measured."""

    def token(self, digest: bytes, algorithm: str) -> bytes:
        """As `HttpTimestamper.token`."""
        with outside("tsa"):
            return super().token(digest, algorithm)


class WatchedResponders(Responders):
    """The same, measured."""

    def ask(self, certificate: bytes, issuer: bytes) -> Answer:
        """As `Responders.ask`."""
        with outside("ocsp"):
            return super().ask(certificate, issuer)
