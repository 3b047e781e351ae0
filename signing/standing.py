"""Before signing: revocation data in force for every certificate that will be relied on (Circular 15/2025 Art. 5: CRL or OCSP).

Lists come first; only where none is in force are the responders asked, and only those named in certificates that lead to a
root of ours. What they answered is kept in the trust folder until it runs out. Whether the certificate then holds is for
`chain.check` to say, before each signature.
"""

# mypy: allow-untyped-calls
# (asn1crypto is not typed)
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from threading import Lock

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from signing import chain, ocsp, parsed
from signing.exchange import Refusal
from signing.loop import complete
from signing.roles import signer_name
from signing.trust import Evidence, TrustStore
from signing.trust_errors import RevocationUnanswered
from signing.trust_folder import TrustFolder, issued_by

_MOST_LINKS = 8


class Standing:
    """Looks after the answers in `folder`. One long-lived object; safe to share between threads."""

    def __init__(self, folder: TrustFolder, trust: Callable[[], TrustStore], responders: ocsp.Responders) -> None:
        """`trust` gives what is believed now, the folder's content among it."""
        self._folder, self._trust, self._responders = folder, trust, responders
        self._lock = Lock()

    def ensure(self, certificate: bytes, brought: tuple[bytes, ...], purpose: chain.Purpose) -> None:
        """Have revocation data in force for `certificate` (DER) and its issuers; `brought` are issuers it brings along.

        Nothing is asked when lists say enough, and nothing is said of whether the certificate holds.

        Raises:
            RevocationUnanswered: neither list nor responder tells; nothing may be signed now.
            TrustNotWritten: the answer cannot be kept.
        """
        if not any(ocsp.responder_urls(one) for one in (certificate, *brought, *self._trust().intermediates)):
            return
        if self._enough(certificate, brought, purpose):
            return
        # One at a time: a hundred waiting papers ask a dead responder once, and the others see that it rests.
        with self._lock:
            if self._enough(certificate, brought, purpose):
                return
            faults = self._ask(certificate, brought, purpose)
        if faults and not self._enough(certificate, brought, purpose):
            name = signer_name(parsed.certificate(certificate))
            raise RevocationUnanswered(signer=name, reason="TRY_LATER", why="; ".join(dict.fromkeys(faults)))

    def renew(self, certificate: bytes, brought: tuple[bytes, ...]) -> tuple[str, ...]:
        """Ask anew wherever no list is in force, so that a revocation is known soon; returns what each responder did wrong."""
        with self._lock:
            purpose = chain.Purpose.TIMESTAMP if chain.stamps_time(certificate) else chain.Purpose.SIGNATURE
            return tuple(self._ask(certificate, brought, purpose, anew=True))

    def trust_of(self, *signers: bytes) -> TrustStore:
        """What is trusted, without the answers about other signers than these (DER): all answers in it get into the file.

        Those about every time-stamp authority stay: which of them will answer is not known before.
        """
        trust, serials = self._trust(), {parsed.certificate(one).serial_number for one in signers}
        others = {one.der for one in self._folder.answers() if one.of_signer and one.serial not in serials}
        return replace(trust, ocsps=tuple(der for der in trust.ocsps if der not in others)) if others else trust

    def _enough(self, certificate: bytes, brought: tuple[bytes, ...], purpose: chain.Purpose) -> bool:
        extra = Evidence(tuple(map(parsed.certificate, brought)))
        held = complete(chain.check(parsed.certificate(certificate), self._trust(), purpose, extra=extra))
        return held.sub_indication != "TRY_LATER"

    def _ask(self, certificate: bytes, brought: tuple[bytes, ...], purpose: chain.Purpose, *, anew: bool = False) -> list[str]:
        trust = self._trust()
        faults = []
        line = line_home(certificate, brought, trust)
        for _, issuer in line:
            if issuer not in trust.roots + trust.intermediates:
                # Proven to come from a root of ours; without it, a kept answer could not be proven when it is loaded.
                self._folder.add(issuer, sha256(issuer).hexdigest())
        now = datetime.now(UTC)
        for one, issuer in line:
            serial = parsed.certificate(one).serial_number
            known = any((kept.serial, kept.issuer) == (serial, issuer) for kept in self._folder.answers()) and not anew
            if known or _listed(issuer, trust, now) or not ocsp.responder_urls(one):
                continue
            try:
                answer = self._responders.ask(one, issuer)
                of_signer = one == certificate and purpose is chain.Purpose.SIGNATURE
                self._folder.put_answer(replace(answer, of_signer=of_signer))
            except Refusal as refusal:
                faults.append(refusal.reason)
        return faults


def line_home(certificate: bytes, brought: tuple[bytes, ...], trust: TrustStore) -> tuple[tuple[bytes, bytes], ...]:
    """Each certificate with its issuer (DER), up to a root of ours, every signature proven; empty when it leads to none."""
    line: list[tuple[bytes, bytes]] = []
    known = tuple(dict.fromkeys((*trust.roots, *trust.intermediates, *brought)))
    for _ in range(_MOST_LINKS):
        if certificate in trust.roots:
            return tuple(line)
        issuer = issued_by(certificate, known)
        if issuer is None or not parsed.certificate(issuer).ca:
            return ()
        line.append((certificate, issuer))
        certificate = issuer
    return ()


def _listed(issuer: bytes, trust: TrustStore, now: datetime) -> bool:
    """Whether a list of this very issuer is in force that covers all its certificates."""
    name, key = parsed.certificate(issuer).subject.hashable, x509.load_der_x509_certificate(issuer).public_key()
    for der in trust.crls:
        one = parsed.revocation_list(der)
        until = one["tbs_cert_list"]["next_update"].native
        if one.issuer.hashable != name or one.issuing_distribution_point_value or until is None or until <= now:
            continue
        try:
            if x509.load_der_x509_crl(der).is_signature_valid(key):  # type: ignore[arg-type]
                return True
        except (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError):
            continue
    return False
