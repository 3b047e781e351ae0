"""HTTP time-stamp authorities (RFC 3161) in an order of preference, each with a circuit breaker and a rate budget.

A hanging, refusing or lying authority costs its time limit once; then it is left aside for a while and the next one is asked.
All dead is its own retryable error: the document waits, its level is never lowered.
"""

# mypy: allow-untyped-calls
# (pyHanko is typed in parts)
from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

import urllib3
from asn1crypto import algos, cms, tsp
from pyhanko.sign.general import extract_certificate_info

from signing import chain, integrity
from signing.embedded import HOSTILE
from signing.errors import TimestampPending
from signing.loop import complete
from signing.trust import Evidence, TrustStore

_MOST_BYTES = 1 << 18
"""A token has a few kilobytes; an endless answer is cut off."""


@dataclass(frozen=True)
class Limits:
    """How long and how often an authority is asked."""

    timeout_seconds: float = 2.0
    """For the whole answer."""
    rest_seconds: float = 60.0
    """How long an authority that failed is left aside."""
    most_requests: int = 20
    per_seconds: float = 1200.0
    """A state authority blocks after 20 requests in 20 minutes."""


@dataclass
class _Authority:
    url: str
    resting_until: float = 0.0
    asked: deque[float] = field(default_factory=deque)


class HttpTimestamper:
    """Tokens from the first authority that gives an acceptable one. One long-lived object; safe to share between threads."""

    def __init__(
        self,
        urls: Sequence[str],
        trust: TrustStore,
        limits: Limits | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`trust` must know the authorities with their revocation lists; `clock` counts seconds."""
        self._authorities = [_Authority(url) for url in urls]
        self._trust, self._limits, self._clock = trust, limits or Limits(), clock
        self._lock = Lock()
        self._pool = urllib3.PoolManager(retries=False)

    def token(self, digest: bytes, algorithm: str) -> bytes:
        """A token that was verified: status, imprint, nonce, signature and certificate chain (RFC 3161 §2.4.2).

        Raises:
            TimestampPending: no authority gave one; `tried` tells how many were asked.
        """
        tried = 0
        for authority in self._authorities:
            if not self._may_ask(authority):
                continue
            tried += 1
            try:
                return self._ask(authority.url, digest, algorithm)
            except (urllib3.exceptions.HTTPError, *HOSTILE):
                with self._lock:
                    authority.resting_until = self._clock() + self._limits.rest_seconds
        raise TimestampPending(tried=f"{tried}/{len(self._authorities)}")

    def _may_ask(self, authority: _Authority) -> bool:
        now = self._clock()
        with self._lock:
            while authority.asked and authority.asked[0] <= now - self._limits.per_seconds:
                authority.asked.popleft()
            if now < authority.resting_until or len(authority.asked) >= self._limits.most_requests:
                return False
            authority.asked.append(now)
            return True

    def _ask(self, url: str, digest: bytes, algorithm: str) -> bytes:
        nonce = secrets.randbits(64)
        imprint = {"hash_algorithm": algos.DigestAlgorithm({"algorithm": algorithm}), "hashed_message": digest}
        request = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "nonce": nonce, "cert_req": True})
        body = self._post(url, request.dump())
        answer = tsp.TimeStampResp.load(body, strict=True)
        if answer["status"]["status"].native not in {"granted", "granted_with_mods"}:
            raise ValueError("refused")
        token = answer["time_stamp_token"]
        self._check(token, digest, algorithm, nonce)
        return bytes(token.dump())

    def _post(self, url: str, request: bytes) -> bytes:
        """The body of the answer; the time limit holds for all of it, however slowly it drips."""
        limit = self._limits.timeout_seconds
        end = monotonic() + limit
        headers = {"Content-Type": "application/timestamp-query"}
        answer = self._pool.request(
            "POST",
            url,
            body=request,
            headers=headers,
            timeout=urllib3.Timeout(total=limit),
            preload_content=False,
            redirect=False,
        )
        try:
            if answer.status != 200:
                raise ValueError("status")
            body = bytearray()
            while block := answer.read1(4096):
                body += block
                if len(body) > _MOST_BYTES or monotonic() > end:
                    raise ValueError("too long")
            return bytes(body)
        finally:
            answer.close()

    def _check(self, token: cms.ContentInfo, digest: bytes, algorithm: str, nonce: int) -> None:
        data = token["content"]
        info = data["encap_content_info"]["content"].parsed
        imprint = info["message_imprint"]
        if imprint["hashed_message"].native != digest or imprint["hash_algorithm"]["algorithm"].native != algorithm:
            raise ValueError("imprint")
        if info["nonce"].native != nonce:
            raise ValueError("nonce")
        if integrity.token_breach(data):
            raise ValueError("signature")
        known = extract_certificate_info(data)
        extra = Evidence(tuple(known.other_certs))
        held = complete(chain.check(known.signer_cert, self._trust, chain.Purpose.TIMESTAMP, extra=extra))
        if held.sub_indication:
            raise ValueError(held.sub_indication)
