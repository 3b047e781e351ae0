"""Until when does what a file carries prove its signatures: the question whose answer says when to renew.

A signature proven by a later time-stamp needs its own certificates no more; the last time-stamp needs its authority and that
one's issuers until today (signing.md §6). So the force of a file ends with the first certificate in the chain of anything
that no later document time-stamp covers. It says nothing of whether the file is sound: `verify` does.
"""

# mypy: allow-untyped-calls
# (pyHanko is typed in parts)
from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from asn1crypto import cms, x509
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation import EmbeddedPdfSignature

from signing import preflight
from signing.embedded import HOSTILE, Opened, attempt, covered_until, evidence, is_timestamp, open_pdf, tokens
from signing.trust import TrustStore


def evidence_until(path: Path, trust: TrustStore) -> datetime | None:
    """The aware time at which the evidence in the file at `path` loses its force; None when it carries no readable signature.

    Args:
        path: a sealed file.
        trust: where issuers that the file does not carry are looked up, the root among them.
    """
    with path.open("rb") as handle:
        opened = open_pdf(handle, preflight.header_at(handle))
        if opened is None or not opened.signatures:
            return None
        return attempt(lambda: _until(opened, trust))


def _until(opened: Opened, trust: TrustStore) -> datetime:
    known = [*evidence(opened)[0].certificates, *trust.parsed.certificates]
    covered = max((covered_until(one) for one in opened.signatures if is_timestamp(one)), default=0)
    return min(_force(one, known) for one in opened.signatures if covered_until(one) >= covered)


def _force(signature: EmbeddedPdfSignature, known: list[x509.Certificate]) -> datetime:
    """Until when this one proves itself: by its time-stamps, if it has any, else by the signer's own certificate."""
    if is_timestamp(signature):
        return chain_end(signature.signer_cert, known)
    ends = []
    for token in tokens(signature):
        try:
            info = extract_certificate_info(token)
        except HOSTILE:
            continue
        ends.append(chain_end(info.signer_cert, [*known, *info.other_certs]))
    # One time-stamp that holds is enough to prove the time.
    return max(ends) if ends else chain_end(signature.signer_cert, known)


def token_force(token: bytes, trust: TrustStore) -> datetime:
    """Until when the time-stamp token in `token` (DER) proves what it is over."""
    info = extract_certificate_info(cms.ContentInfo.load(token)["content"])
    return chain_end(info.signer_cert, [*trust.parsed.certificates, *info.other_certs])


def chain_end(certificate: x509.Certificate, known: Iterable[x509.Certificate]) -> datetime:
    """The first end among the certificate and its issuers, the root included; of several issuers the longest-lived counts."""
    by_name: dict[str, list[x509.Certificate]] = {}
    for one in known:
        by_name.setdefault(one.subject.hashable, []).append(one)
    end, one, seen = certificate.not_valid_after, certificate, {certificate.sha256}
    while one.self_signed == "no":
        issuers = [other for other in by_name.get(one.issuer.hashable, []) if _issued(other, one) and other.sha256 not in seen]
        if not issuers:
            break
        one = max(issuers, key=lambda other: other.not_valid_after)
        seen.add(one.sha256)
        end = min(end, one.not_valid_after)
    last: datetime = end.astimezone(UTC)
    return last


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether the keys fit by their identifiers, where both tell them."""
    wanted, has = certificate.authority_key_identifier, issuer.key_identifier
    return wanted is None or has is None or wanted == has
