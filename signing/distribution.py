"""Where authorities publish: addresses written in certificates, and fetching from them within limits.

Only a refresh fetches, on command or on schedule; judging a file never does (`signing.trust`).
"""

# mypy: allow-untyped-calls
# (asn1crypto is not typed)
from __future__ import annotations

from time import monotonic

import urllib3
from asn1crypto import x509

from ingest.addresses import masked_url
from signing import parsed
from signing.destinations import refuse_private_target
from signing.trust_errors import FetchFailed

_BLOCK = 65536


def list_urls(certificate: bytes) -> tuple[str, ...]:
    """Where the revocation list that covers this certificate (DER) is published; addresses of the web only."""
    points = parsed.certificate(certificate).crl_distribution_points_value or ()
    found = [name.native for point in points for name in _names(point)]
    return tuple(dict.fromkeys(url for url in found if isinstance(url, str) and url.startswith(("http://", "https://"))))


def issuer_urls(certificate: bytes) -> tuple[str, ...]:
    """Where the certificate of the issuer is published (AIA, caIssuers)."""
    access = parsed.certificate(certificate).authority_information_access_value or ()
    found = [one["access_location"].native for one in access if one["access_method"].native == "ca_issuers"]
    return tuple(url for url in found if isinstance(url, str) and url.startswith(("http://", "https://")))


def _names(point: x509.DistributionPoint) -> list[x509.GeneralName]:
    name = point["distribution_point"]
    return list(name.chosen) if name.native is not None and name.name == "full_name" else []


class Fetcher:
    """Gets small files from the web; a slow, endless or failing server costs its limit and is told."""

    def __init__(self, timeout_seconds: float, max_bytes: int, listed: frozenset[str] = frozenset()) -> None:
        """Limits for one file, and the hosts (`destinations.hosts_of`) that may be in our own network."""
        self._timeout, self._most = timeout_seconds, max_bytes
        self._listed = listed
        self._pool = urllib3.PoolManager(retries=False)

    def get(self, url: str) -> bytes:
        """The bytes at `url`; redirections are not followed: they could lead anywhere. Raises FetchFailed."""
        refuse_private_target(url, self._listed)
        shown = masked_url(url)
        end = monotonic() + self._timeout
        try:
            limit = urllib3.Timeout(total=self._timeout)
            answer = self._pool.request("GET", url, timeout=limit, preload_content=False, redirect=False)
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise FetchFailed(url=shown, why=type(error).__name__) from error
        try:
            if answer.status != 200:
                raise FetchFailed(url=shown, why=f"HTTP {answer.status}")
            body = bytearray()
            while block := answer.read(_BLOCK):
                body += block
                if len(body) > self._most or monotonic() > end:
                    raise FetchFailed(url=shown, why=f"> {self._most} B" if len(body) > self._most else f"> {self._timeout:g} s")
            return bytes(body)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise FetchFailed(url=shown, why=type(error).__name__) from error
        finally:
            answer.close()
