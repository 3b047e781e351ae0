"""The AdES validation process of ETSI EN 319 102-1, chosen by the level found (rule P12), and what we ask beyond it (P13, P14).

The process alone is no verdict: it ignores changes after signing (signing.md, finding 1) and lets a signer pass whose
certificate had expired before signing (finding 3). Here the signer's chain is checked once more at the best known time.
"""

from __future__ import annotations

import logging
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from asn1crypto import cms, x509
from pyhanko.sign.ades.report import AdESStatus, AdESSubIndic
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.ades import (
    ades_basic_validation,
    ades_timestamp_validation,
)
from pyhanko.sign.validation.generic_cms import message_imprint_checker
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo

from ingest.errors import Param
from signing import chain, integrity
from signing.embedded import HOSTILE, covered_until, is_timestamp, tokens
from signing.model import Finding, Indication, Level, Severity, Topic
from signing.trust import Evidence, TrustStore

log = logging.getLogger(__name__)

_BROKEN = frozenset({"FORMAT_FAILURE", "HASH_FAILURE", "SIG_CRYPTO_FAILURE"})
_FAILED_SUBS = _BROKEN | {"NOT_YET_VALID"}


@dataclass(frozen=True)
class Judged:
    """What AdES and the chain check say about one signature."""

    indication: Indication
    sub_indication: str
    level: str
    best_time: datetime | None
    """Proven time of existence; None when only the signer's claim is known."""
    findings: tuple[Finding, ...]
    anchor_sha256: str = ""
    """Fingerprint of the root the signer's chain reaches; empty when it reaches none."""


@dataclass(frozen=True)
class Setting:
    """What the judging of every signature in a file shares."""

    trust: TrustStore
    evidence: Evidence
    now: datetime
    has_store: bool
    """Whether the file carries revocation evidence for the long term."""
    archive: Mapping[int, datetime] = field(default_factory=dict)
    """What `archive_times` found."""
    known: dict[object, Any] = field(default_factory=dict, compare=False)
    """Answers given before: a file of many signatures asks the same of the same certificate at the same time."""

    @property
    def certificates(self) -> tuple[x509.Certificate, ...]:
        """All that are at hand: of the trust store and of the file."""
        return (*self.trust.parsed.certificates, *self.evidence.certificates)

    def control(self, signature: EmbeddedPdfSignature) -> datetime:
        """The time at which the signature is proven to exist by what came after it: now, without a later time-stamp."""
        return self.archive.get(covered_until(signature), self.now)

    async def held(
        self, certificate: x509.Certificate, purpose: chain.Purpose, moment: datetime, *, later: bool
    ) -> chain.ChainResult:
        """`chain.check` with what the file brings; `later` lets lists issued after `moment` speak too."""
        key = (certificate.dump(), purpose, moment, later)
        if key not in self.known:
            self.known[key] = await chain.check(certificate, self.trust, purpose, moment, self.evidence, later_evidence=later)
        return cast("chain.ChainResult", self.known[key])

    def breach(self, signature: EmbeddedPdfSignature) -> str:
        """`integrity.breach`."""
        key = ("breach", id(signature))
        if key not in self.known:
            self.known[key] = integrity.breach(signature)
        return str(self.known[key])


def level_of(signature: EmbeddedPdfSignature, setting: Setting, archived: bool) -> str:
    """The level by what is there: `B-B` … `B-LTA` for PAdES, `PKCS7`/`PKCS7-T` for the older form, `DTS` for a time-stamp."""
    if is_timestamp(signature):
        return "DTS"
    stamped = bool(tokens(signature))
    if str(signature.sig_object.get("/SubFilter")) != "/ETSI.CAdES.detached":
        return "PKCS7-T" if stamped else "PKCS7"
    if archived and stamped and setting.has_store:
        return Level.B_LTA.value
    if stamped:
        return Level.B_LT.value if setting.has_store else Level.B_T.value
    return Level.B_B.value


async def judge(signature: EmbeddedPdfSignature, setting: Setting, archived: bool) -> Judged:
    """The AdES result and our own, the worse of the two. `archived`: a later document time-stamp covers this signature."""
    level = level_of(signature, setting, archived)
    broken = setting.breach(signature)
    if broken:
        finding = Finding(Topic.INTEGRITY, broken, Severity.FAILURE)
        return Judged(Indication.FAILED, broken, level, None, (finding,))
    return await _judge(signature, setting, level)


async def _judge(signature: EmbeddedPdfSignature, setting: Setting, level: str) -> Judged:
    stamp = level == "DTS"
    best, findings = await _proven_time(signature, setting)
    # A signer must hold when the signature was made; a time-stamp when the next one took over, the last one today (past
    # validation, EN 319 102-1 §5.6): what expired since does not matter (signing.md, finding 6).
    moment = setting.control(signature) if stamp else (best or setting.now)
    process = await _process(signature, setting, moment, past=moment < setting.now)
    purpose = chain.Purpose.TIMESTAMP if stamp else chain.Purpose.SIGNATURE
    held = await setting.held(signature.signer_cert, purpose, moment, later=True)
    sub = _own(held, best is not None) or process
    findings += [p14_usage(held), p13_time(signature, best or setting.now, proven=best is not None), _chain_finding(held, sub)]
    told = tuple(one for one in findings if one is not None)
    return Judged(_indication(sub), sub, level, best, told, held.anchor_sha256)


async def archive_times(signatures: Sequence[EmbeddedPdfSignature], setting: Setting) -> dict[int, datetime]:
    """For each end of covered bytes, until when what they hold is proven to have existed: from the last time-stamp inwards.

    Each document time-stamp that holds at the time the next one proves hands its own time on to everything it covers.
    """
    times: dict[int, datetime] = {}
    control = setting.now
    for one in sorted(signatures, key=covered_until, reverse=True):
        times[covered_until(one)] = control
        made = integrity.token_time(one.signed_data) if is_timestamp(one) else None
        if made is None or setting.breach(one):
            continue
        held = await setting.held(one.signer_cert, chain.Purpose.TIMESTAMP, control, later=True)
        if not held.sub_indication:
            control = min(control, made.astimezone(UTC))
    return times


def _indication(sub: str) -> Indication:
    if not sub:
        return Indication.PASSED
    return Indication.FAILED if sub in _FAILED_SUBS else Indication.INDETERMINATE


def _own(held: chain.ChainResult, proven: bool) -> str:
    """Our chain check as a sub-indication. Without proof of the time, a bad certificate leaves doubt and proves nothing."""
    meaning = {"REVOKED": "REVOKED_NO_POE", "EXPIRED": "OUT_OF_BOUNDS_NO_POE"}
    if held.sub_indication == "NOT_YET_VALID" and not proven:
        return "OUT_OF_BOUNDS_NO_POE"
    return meaning.get(held.sub_indication, held.sub_indication)


async def _process(signature: EmbeddedPdfSignature, setting: Setting, moment: datetime, *, past: bool) -> str:
    """P12: the AdES process of the kind of signature, at the time for which it must hold.

    pyHanko's own long-term process counts stale answers about other signers and expired intermediates as failures
    (signing.md, findings 5 and 6), so time-stamps are validated one by one and the basic process runs at the time they prove.
    """
    spec = setting.trust.spec(setting.evidence, later_evidence=past, about=signature.signer_cert)
    timing = ValidationTimingInfo(moment, moment, point_in_time_validation=True)
    work: Coroutine[Any, Any, Any]
    if is_timestamp(signature):
        work = ades_timestamp_validation(
            signature.signed_data, spec, expected_tst_imprint=signature.compute_digest, timing_info=timing
        )
    else:
        work = ades_basic_validation(signature.signed_data, spec, timing_info=timing, raw_digest=signature.compute_digest())
    try:
        result: AdESSubIndic = (await work).ades_subindic
    except HOSTILE:
        log.debug("a signature broke the process of judging it", exc_info=True)
        return "GENERIC"
    if result.status is AdESStatus.PASSED:
        return ""
    # The bytes were found intact before; a failure here lies in something beside them, and that is doubt.
    return "GENERIC" if result.standard_name in _BROKEN else str(result.standard_name)


async def _proven_time(signature: EmbeddedPdfSignature, setting: Setting) -> tuple[datetime | None, list[Finding | None]]:
    """The earliest time a trusted token proves, with what is to be said about the tokens."""
    if is_timestamp(signature):
        return integrity.token_time(signature.signed_data), []
    findings: list[Finding | None] = []
    times = []
    for token in tokens(signature):
        when = integrity.token_time(token)
        problem = await _token_problem(signature, token, setting)
        if problem or when is None:
            told = when.isoformat() if when else "?"
            params: dict[str, Param] = {"reason": problem or "FORMAT_FAILURE", "time": told}
            code = "TIMESTAMP_BROKEN" if problem in _BROKEN else "TIMESTAMP_NOT_TRUSTED"
            findings.append(Finding(Topic.TIME, code, Severity.DOUBT, params))
        else:
            times.append(when.astimezone(UTC))
    # A later document time-stamp proves as much, if later.
    if setting.control(signature) < setting.now:
        times.append(setting.control(signature))
    return (min(times) if times else None), findings


async def _token_problem(signature: EmbeddedPdfSignature, token: cms.SignedData, setting: Setting) -> str:
    try:
        imprint = token["encap_content_info"]["content"].parsed["message_imprint"]
        expected = message_imprint_checker(signature.signer_info)(imprint["hash_algorithm"]["algorithm"].native)
        if imprint["hashed_message"].native != expected:
            return "HASH_FAILURE"
        broken = integrity.token_breach(token)
        if broken:
            return broken
        if {
            imprint["hash_algorithm"]["algorithm"].native,
            token["signer_infos"][0]["digest_algorithm"]["algorithm"].native,
        } & integrity.WEAK_DIGESTS:
            return "CRYPTO_CONSTRAINTS_FAILURE"
        control = setting.control(signature)
        signer = extract_certificate_info(token).signer_cert
        held = await setting.held(signer, chain.Purpose.TIMESTAMP, control, later=control < setting.now)
    except HOSTILE:
        return "FORMAT_FAILURE"
    return held.sub_indication


def p13_time(signature: EmbeddedPdfSignature, best: datetime, *, proven: bool) -> Finding | None:
    """P13: the best known time of the signature lies inside the validity of the signer's certificate.

    A signature *proven* older than its certificate is false; everything else leaves doubt.
    """
    certificate = signature.signer_cert
    if certificate.not_valid_before <= best <= certificate.not_valid_after:
        return None
    code = "SIGNED_BEFORE_VALIDITY" if best < certificate.not_valid_before else "SIGNED_AFTER_EXPIRY"
    params: dict[str, Param] = {
        "time": best.isoformat(),
        "from": certificate.not_valid_before.isoformat(),
        "to": certificate.not_valid_after.isoformat(),
    }
    false = proven and best < certificate.not_valid_before
    return Finding(Topic.SIGNER, code, Severity.FAILURE if false else Severity.DOUBT, params)


def p14_usage(held: chain.ChainResult) -> Finding | None:
    """P14: the certificate was issued for signing (or, for a time-stamp, for time-stamping)."""
    if held.sub_indication != "CHAIN_CONSTRAINTS_FAILURE":
        return None
    return Finding(Topic.SIGNER, "WRONG_KEY_USAGE", Severity.DOUBT)


_CHAIN_CODES = {
    "NO_CERTIFICATE_CHAIN_FOUND": (Topic.SIGNER, "CHAIN_NOT_FOUND"),
    "TRY_LATER": (Topic.REVOCATION, "REVOCATION_UNKNOWN"),
    "REVOKED": (Topic.REVOCATION, "REVOKED"),
    "REVOKED_CA_NO_POE": (Topic.REVOCATION, "AUTHORITY_REVOKED"),
}


def _chain_finding(held: chain.ChainResult, sub: str) -> Finding:
    """The one sentence about chain and revocation."""
    if not held.sub_indication:
        if sub:
            return Finding(Topic.SIGNER, "NOT_DECIDED", Severity.DOUBT, {"reason": sub})
        return Finding(Topic.REVOCATION, "NOT_REVOKED", Severity.OK)
    topic, code = _CHAIN_CODES.get(held.sub_indication, (Topic.SIGNER, "CHAIN_NOT_VALID"))
    params: dict[str, Param] = {"reason": held.sub_indication}
    if held.revoked_at is not None:
        params["time"] = held.revoked_at.isoformat()
    return Finding(topic, code, Severity.DOUBT, params)
