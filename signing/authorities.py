"""HTTP time-stamp authorities (RFC 3161) in an order of preference, each with a circuit breaker and a rate budget.

A hanging, refusing or lying authority costs its time limit once; then it is left aside, longer each time, and the next one is
asked. All dead is its own retryable error, with the reason of each: the document waits, its level is never lowered.
"""

# mypy: allow-untyped-calls
# (pyHanko is typed in parts)
from __future__ import annotations

import contextlib
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from time import monotonic

import urllib3
from asn1crypto import algos, cms, core, tsp
from pyhanko.sign.general import extract_certificate_info

from signing import chain, integrity
from signing.embedded import HOSTILE
from signing.errors import ClockSkewed, TimestampPending
from signing.exchange import Refusal, fault_of, host_of, post
from signing.loop import complete
from signing.trust import Evidence, TrustStore
from signing.trust_errors import RevocationUnanswered

_MOST_BROUGHT = 8
_MOST_SEEN = 64
"""Certificates remembered; an authority that sends others each time fills no memory."""


class _Answer(core.Sequence):  # type: ignore[misc]  # asn1crypto is not typed
    """TimeStampResp of RFC 3161 §2.4.2; asn1crypto's own takes the token for mandatory and cannot read a rejection."""

    _fields = [("status", tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]  # noqa: RUF012


@dataclass(frozen=True)
class Limits:
    """How long and how often an authority is asked."""

    timeout_seconds: float = 2.0
    """For the whole answer."""
    rest_seconds: float = 60.0
    """How long an authority that failed is left aside; doubles with each failure in a row."""
    longest_rest_seconds: float = 600.0
    """While another one answers; when none does, each is asked again after `rest_seconds`."""
    most_requests: int = 20
    per_seconds: float = 1200.0
    """A state authority blocks after 20 requests in 20 minutes."""
    skew_seconds: float = 120.0
    """How far the time in a token may be from the clock of this machine."""


@dataclass
class _Authority:
    url: str
    failed_at: float = 0.0
    failures: int = 0
    probing: bool = False
    """It failed before, and one thread is asking whether it is back."""
    reason: str = ""
    skew_seconds: float = 0.0
    asked: deque[float] = field(default_factory=deque)

    @property
    def host(self) -> str:
        """What a person recognises."""
        return host_of(self.url)


Refill = Callable[[bytes, tuple[bytes, ...], chain.Purpose], None]
"""Has revocation data in force for a certificate and what it brings along (DER); raises RevocationUnanswered."""


class HttpTimestamper:
    """Tokens from the first authority that gives an acceptable one. One long-lived object; safe to share between threads."""

    def __init__(
        self,
        urls: Sequence[str],
        trust: TrustStore | Callable[[], TrustStore],
        limits: Limits | None = None,
        clock: Callable[[], float] = monotonic,
        refill: Refill | None = None,
    ) -> None:
        """`trust` (or what it gives) must know the authorities with their revocation data; `clock` counts seconds.

        `refill` looks for revocation data of an authority where `trust` has none in force.
        """
        self._authorities = [_Authority(url) for url in urls]
        self._trust = trust if callable(trust) else lambda: trust
        self._limits, self._clock, self._refill = limits or Limits(), clock, refill
        self._lock = Lock()
        self._seen: dict[bytes, None] = {}
        self._pool = urllib3.PoolManager(retries=False)

    def token(self, digest: bytes, algorithm: str) -> bytes:
        """A token that was verified: status, imprint, nonce, time, signature and certificate chain (RFC 3161 §2.4.2).

        Raises:
            ClockSkewed: nothing was wrong with the tokens but their time: the clock of this machine is.
            TimestampPending: no authority gave one; `tried` tells how many were asked, `why` what each did.
        """
        tried = 0
        for authority in self._authorities:
            if not self._may_ask(authority):
                continue
            tried += 1
            try:
                token = self._ask(authority.url, digest, algorithm)
            except Refusal as refusal:
                self._failed(authority, refusal)
            else:
                self._succeeded(authority)
                return token
        raise self._pending(tried)

    def certificates(self) -> tuple[bytes, ...]:
        """The certificates (DER) in the answers of the authorities so far; asks for a token if there was no answer yet.

        Known even of an authority that is not accepted for want of revocation data: that data is looked for with them.
        """
        if not self._seen:
            with contextlib.suppress(TimestampPending):
                self.token(secrets.token_bytes(32), "sha256")
        with self._lock:
            return tuple(self._seen)

    def at_hand(self) -> None:
        """Raise TimestampPending at once, asking nobody, while none may be asked: spares the work before the time-stamp."""
        now, limits = self._clock(), self._limits
        with self._lock:
            for one in self._authorities:
                fresh = sum(1 for when in one.asked if when > now - limits.per_seconds)
                if now >= self._rests_until(one) and fresh < limits.most_requests:
                    return
        raise self._pending(0)

    def _pending(self, tried: int) -> TimestampPending:
        with self._lock:
            count = f"{tried}/{len(self._authorities)}"
            why = "; ".join(f"{one.host}: {one.reason or 'budget'}" for one in self._authorities)
            if self._authorities and all(one.reason == "clock" for one in self._authorities):
                return ClockSkewed(tried=count, why=why, seconds=round(self._authorities[0].skew_seconds))
        return TimestampPending(tried=count, why=why)

    def _may_ask(self, authority: _Authority) -> bool:
        now = self._clock()
        with self._lock:
            while authority.asked and authority.asked[0] <= now - self._limits.per_seconds:
                authority.asked.popleft()
            if now < self._rests_until(authority) or authority.probing:
                return False
            if len(authority.asked) >= self._limits.most_requests:
                authority.reason = authority.reason or "budget"
                return False
            authority.asked.append(now)
            authority.probing = authority.failures > 0
            return True

    def _rests_until(self, authority: _Authority) -> float:
        limits = self._limits
        if not authority.failures:
            return 0.0
        if all(one.failures for one in self._authorities):
            return authority.failed_at + limits.rest_seconds
        rest = limits.rest_seconds * (1 << min(authority.failures - 1, 16))
        return authority.failed_at + min(rest, max(limits.rest_seconds, limits.longest_rest_seconds))

    def _failed(self, authority: _Authority, refusal: Refusal) -> None:
        with self._lock:
            authority.failed_at = self._clock()
            authority.failures += 1
            authority.reason, authority.skew_seconds, authority.probing = refusal.reason, refusal.skew_seconds, False

    def _succeeded(self, authority: _Authority) -> None:
        with self._lock:
            authority.failures, authority.reason, authority.probing = 0, "", False

    def _ask(self, url: str, digest: bytes, algorithm: str) -> bytes:
        nonce = secrets.randbits(64)
        imprint = {"hash_algorithm": algos.DigestAlgorithm({"algorithm": algorithm}), "hashed_message": digest}
        request = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "nonce": nonce, "cert_req": True})
        body = post(self._pool, url, request.dump(), "application/timestamp-query", self._limits.timeout_seconds)
        try:
            answer = _Answer.load(body, strict=True)
            token = _granted(answer)
            self._check(token, digest, algorithm, nonce)
            return bytes(token.dump())
        except Refusal:
            raise
        except HOSTILE as error:
            raise Refusal(fault_of(body)) from error

    def _check(self, token: cms.ContentInfo, digest: bytes, algorithm: str, nonce: int) -> None:
        data = token["content"]
        info = data["encap_content_info"]["content"].parsed
        imprint = info["message_imprint"]
        if imprint["hashed_message"].native != digest or imprint["hash_algorithm"]["algorithm"].native != algorithm:
            raise Refusal("imprint")
        if info["nonce"].native != nonce:
            raise Refusal("nonce")
        if integrity.token_breach(data):
            raise Refusal("signature")
        skew = (info["gen_time"].native - datetime.now(UTC)).total_seconds()
        known = extract_certificate_info(data)
        with self._lock:
            self._seen |= dict.fromkeys(one.dump() for one in (known.signer_cert, *known.other_certs[:_MOST_BROUGHT]))
            for oldest in list(self._seen)[:-_MOST_SEEN]:
                del self._seen[oldest]
        extra = Evidence(tuple(known.other_certs))
        if self._refill is not None:
            with contextlib.suppress(RevocationUnanswered):  # told as TRY_LATER, and the next authority is asked
                self._refill(known.signer_cert.dump(), tuple(one.dump() for one in known.other_certs), chain.Purpose.TIMESTAMP)
        held = complete(chain.check(known.signer_cert, self._trust(), chain.Purpose.TIMESTAMP, extra=extra))
        if held.sub_indication:
            raise Refusal(held.sub_indication)
        if abs(skew) > self._limits.skew_seconds:
            raise Refusal("clock", skew)


def _granted(answer: _Answer) -> cms.ContentInfo:
    if answer["status"]["status"].native not in {"granted", "granted_with_mods"}:
        raise Refusal("refused")
    return answer["time_stamp_token"]
