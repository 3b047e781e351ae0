"""One signature, everything that is known of it put together into its verdict."""

from __future__ import annotations

from pyhanko.sign.validation import EmbeddedPdfSignature

from signing import ades, carried, changes, integrity, observed
from signing.embedded import HOSTILE, Broken, Opened, attempt, covered_until, is_timestamp
from signing.findings import indicates
from signing.model import Finding, Indication, Role, Severity, SignatureVerdict, Topic
from signing.roles import role_of, signer_name

_ORDER = tuple(Topic)


_BROKEN = {
    "subfilter": ("SUBFILTER_UNKNOWN", Severity.DOUBT),
    "signer": ("SIGNER_NOT_IN_SIGNATURE", Severity.DOUBT),
    "format": ("FORMAT_FAILURE", Severity.FAILURE),
}


def of_broken(broken: Broken) -> SignatureVerdict:
    """The verdict on a signature that cannot be read: what cannot be checked is undecidable, a malformed one has failed."""
    code, severity = _BROKEN[broken.reason]
    finding = Finding(Topic.SIGNATURE, code, severity, {"field": broken.field_name})
    return SignatureVerdict(
        field_name=broken.field_name,
        indication=Indication.INDETERMINATE if severity is Severity.DOUBT else Indication.FAILED,
        sub_indication=indicates(finding),
        signer="",
        issuer="",
        serial="",
        role=Role.UNKNOWN,
        signing_time=None,
        time_source="none",
        level="",
        covers_whole_file=False,
        intact=False,
        findings=(finding,),
    )


async def of_signature(
    signature: EmbeddedPdfSignature, opened: Opened, setting: ades.Setting, size: int, *, strict: bool
) -> SignatureVerdict:
    """The verdict on one signature or document time-stamp; a file that breaks the judging itself has failed."""
    try:
        return await _of_signature(signature, opened, setting, size, strict=strict)
    except HOSTILE:
        return of_broken(Broken(str(signature.field_name), "format"))


async def _of_signature(
    signature: EmbeddedPdfSignature, opened: Opened, setting: ades.Setting, size: int, *, strict: bool
) -> SignatureVerdict:
    judged = await ades.judge(signature, setting, _archived(signature, opened))
    aftermath = changes.after(signature, opened, size, strict=strict)
    stamp = is_timestamp(signature)
    claimed, zone = (None, []) if stamp else integrity.claimed_time(signature)
    when = judged.best_time or claimed
    source = "timestamp" if judged.best_time else ("claimed" if claimed else "none")
    certificate = signature.signer_cert
    findings = [*_told(signature, source, when), *judged.findings, *zone, *aftermath.findings]
    if not stamp:
        findings += integrity.p15_attributes(signature, strict=strict)
    findings += integrity.strength(signature)  # of a time-stamp: of what it is over, and of its own signature
    findings += integrity.padding(signature, strict=strict)
    findings += carried.altered(signature, setting.certificates, strict=strict)
    facts = observed.particulars(signature, opened, setting, size, judged.anchor_sha256)
    findings += observed.oddities(facts)
    intact = not _is_broken(judged)
    if intact:
        findings.append(Finding(Topic.INTEGRITY, "INTACT", Severity.OK))
    indication, sub = _worst(judged, findings)
    return SignatureVerdict(
        field_name=str(signature.field_name),
        indication=indication,
        sub_indication=sub,
        signer=signer_name(certificate),
        issuer=str(certificate.issuer.native.get("common_name", certificate.issuer.human_friendly)),
        serial=f"{certificate.serial_number:x}",
        role=Role.UNKNOWN if stamp else role_of(certificate),
        signing_time=when,
        time_source=source,
        level=judged.level,
        covers_whole_file=aftermath.covers_whole_file,
        intact=intact,
        is_timestamp=stamp,
        findings=tuple(sorted(findings, key=lambda one: _ORDER.index(one.topic))),
        particulars=facts,
    )


def _is_broken(judged: ades.Judged) -> bool:
    return judged.sub_indication in {"HASH_FAILURE", "SIG_CRYPTO_FAILURE", "FORMAT_FAILURE"}


def _told(signature: EmbeddedPdfSignature, source: str, when: object) -> list[Finding]:
    certificate = signature.signer_cert
    issuer = str(certificate.issuer.native.get("common_name", certificate.issuer.human_friendly))
    code = {"timestamp": "TIME_PROVEN", "claimed": "TIME_CLAIMED"}.get(source, "TIME_UNKNOWN")
    return [
        Finding(Topic.SIGNER, "SIGNER", Severity.INFO, {"signer": signer_name(certificate), "issuer": issuer}),
        Finding(Topic.TIME, code, Severity.INFO, {"time": str(when)} if when else {}),
    ]


def _worst(judged: ades.Judged, findings: list[Finding]) -> tuple[Indication, str]:
    """Failures first, then AdES, then doubts: the strongest statement names the sub-indication."""
    if judged.indication is Indication.FAILED:
        return judged.indication, judged.sub_indication
    failure = next((one for one in findings if one.severity is Severity.FAILURE), None)
    if failure is not None:
        return Indication.FAILED, indicates(failure)
    if judged.indication is Indication.INDETERMINATE:
        return judged.indication, judged.sub_indication
    doubt = next((one for one in findings if one.severity is Severity.DOUBT), None)
    if doubt is not None:
        return Indication.INDETERMINATE, indicates(doubt)
    return Indication.PASSED, ""


def _archived(signature: EmbeddedPdfSignature, opened: Opened) -> bool:
    """Whether a later document time-stamp covers this signature."""
    end = covered_until(signature)
    return any(is_timestamp(one) and covered_until(one) > end for one in opened.signatures if attempt(lambda: True))
