"""The AdES validation process of ETSI EN 319 102-1, chosen by the level found (rule P12), and what we ask beyond it (P13, P14).

The process alone is no verdict: it ignores changes after signing (signing.md, finding 1) and lets a signer pass whose
certificate had expired before signing (finding 3). Here the signer's chain is checked once more at the best known time.
"""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asn1crypto import cms
from pyhanko.sign.ades.report import AdESStatus, AdESSubIndic
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.ades import (
    ades_basic_validation,
    ades_lta_validation,
    ades_timestamp_validation,
    ades_with_time_validation,
)
from pyhanko.sign.validation.generic_cms import message_imprint_checker
from pyhanko.sign.validation.policy_decl import PdfSignatureValidationSpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo

from ingest.errors import Param
from signing import chain, integrity
from signing.embedded import HOSTILE, is_timestamp
from signing.loop import complete
from signing.model import Finding, Indication, Level, Severity, Topic
from signing.trust import Evidence, TrustStore

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


@dataclass(frozen=True)
class Setting:
    """What the judging of every signature in a file shares."""

    trust: TrustStore
    evidence: Evidence
    now: datetime
    has_store: bool
    """Whether the file carries revocation evidence for the long term."""


def level_of(signature: EmbeddedPdfSignature, setting: Setting, archived: bool) -> str:
    """The level by what is there: `B-B` … `B-LTA` for PAdES, `PKCS7`/`PKCS7-T` for the older form, `DTS` for a time-stamp."""
    if is_timestamp(signature):
        return "DTS"
    stamped = bool(integrity.tokens(signature))
    if str(signature.sig_object.get("/SubFilter")) != "/ETSI.CAdES.detached":
        return "PKCS7-T" if stamped else "PKCS7"
    if archived and stamped and setting.has_store:
        return Level.B_LTA.value
    if stamped:
        return Level.B_LT.value if setting.has_store else Level.B_T.value
    return Level.B_B.value


def judge(signature: EmbeddedPdfSignature, setting: Setting, archived: bool) -> Judged:
    """The AdES result and our own, the worse of the two. `archived`: a later document time-stamp covers this signature."""
    level = level_of(signature, setting, archived)
    broken = integrity.breach(signature)
    if broken:
        finding = Finding(Topic.INTEGRITY, broken, Severity.FAILURE)
        return Judged(Indication.FAILED, broken, level, None, (finding,))
    return complete(_judge(signature, setting, level))


async def _judge(signature: EmbeddedPdfSignature, setting: Setting, level: str) -> Judged:
    best, findings = await _proven_time(signature, setting)
    # A token that proves nothing is left aside, as §5.5 of the standard has it; pyHanko would fail the whole signature for it.
    process = await _process(signature, setting, level if best else _without_token(level))
    purpose = chain.Purpose.TIMESTAMP if level == "DTS" else chain.Purpose.SIGNATURE
    held = await chain.check(
        signature.signer_cert, setting.trust, purpose, best or setting.now, setting.evidence, later_evidence=True
    )
    own = _own(held, best is not None)
    sub = own or process
    indication = _indication(sub)
    findings += [p14_usage(held), p13_time(signature, best or setting.now, proven=best is not None), _chain_finding(held, sub)]
    return Judged(indication, sub, level, best, tuple(one for one in findings if one is not None))


def _without_token(level: str) -> str:
    return "PKCS7" if level.startswith("PKCS7") else (Level.B_B.value if level != "DTS" else level)


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


async def _process(signature: EmbeddedPdfSignature, setting: Setting, level: str) -> str:
    """P12: the process that fits the level; the wrong one answers NO_POE or SIG_CONSTRAINTS_FAILURE for sound files."""
    spec = setting.trust.spec(setting.evidence)
    timing = ValidationTimingInfo(setting.now, setting.now, point_in_time_validation=True)
    work: Coroutine[Any, Any, Any]
    if level == "DTS":
        work = ades_timestamp_validation(
            signature.signed_data, spec, expected_tst_imprint=signature.compute_digest, timing_info=timing
        )
    elif level == Level.B_LTA:
        work = ades_lta_validation(signature, PdfSignatureValidationSpec(spec, diff_policy=None), timing_info=timing)
    elif level in {Level.B_B, "PKCS7"}:
        work = ades_basic_validation(signature.signed_data, spec, timing_info=timing, raw_digest=signature.compute_digest())
    else:
        work = ades_with_time_validation(signature.signed_data, spec, timing_info=timing, raw_digest=signature.compute_digest())
    try:
        result: AdESSubIndic = (await work).ades_subindic
    except HOSTILE:
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
    for token in integrity.tokens(signature):
        when = integrity.token_time(token)
        problem = await _token_problem(signature, token, setting)
        if problem or when is None:
            told = when.isoformat() if when else "?"
            params: dict[str, Param] = {"reason": problem or "FORMAT_FAILURE", "time": told}
            code = "TIMESTAMP_BROKEN" if problem in _BROKEN else "TIMESTAMP_NOT_TRUSTED"
            findings.append(Finding(Topic.TIME, code, Severity.DOUBT, params))
        else:
            times.append(when.astimezone(UTC))
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
        info = extract_certificate_info(token)
        extra = Evidence((*setting.evidence.certificates, *info.other_certs), setting.evidence.crls, setting.evidence.ocsps)
        held = await chain.check(info.signer_cert, setting.trust, chain.Purpose.TIMESTAMP, setting.now, extra)
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
