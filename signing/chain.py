"""Does a certificate hold at a moment: path to a trusted root, validity, revocation evidence, purpose.

Asked twice in a document's life: before signing (now), and when judging (at the best known time of the signature). The
second question is ours because the AdES process lets expired signers pass (signing.md, findings 2 and 3).
"""

# mypy: allow-untyped-calls
# (pyHanko is typed in parts)
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from asn1crypto import x509
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    InsufficientRevinfoError,
    InvalidCertificateError,
    NotYetValidError,
    PathBuildingError,
    PathError,
    RevokedError,
    StaleRevinfoError,
    ValidationError,
)
from pyhanko_certvalidator.path import ValidationPath

from signing import parsed
from signing.trust import SIGNER_KEY_USAGE, Evidence, TrustStore, line_of


class Purpose(StrEnum):
    """What a certificate is used for."""

    SIGNATURE = "signature"
    TIMESTAMP = "timestamp"


@dataclass(frozen=True)
class ChainResult:
    """The answer. `sub_indication` is empty when the certificate holds, else a name of ETSI EN 319 102-1."""

    sub_indication: str
    anchor_sha256: str = ""
    """Fingerprint of the root reached, lower-case hex; empty when none was."""
    revoked_at: datetime | None = None
    path: ValidationPath | None = None


# The order matters where one class is derived from another.
_MEANING: tuple[tuple[type[Exception], str], ...] = (
    (PathBuildingError, "NO_CERTIFICATE_CHAIN_FOUND"),
    (NotYetValidError, "NOT_YET_VALID"),
    (ExpiredError, "EXPIRED"),
    (StaleRevinfoError, "TRY_LATER"),
    (InsufficientRevinfoError, "TRY_LATER"),
    (DisallowedAlgorithmError, "CRYPTO_CONSTRAINTS_FAILURE"),
    (InvalidCertificateError, "CHAIN_CONSTRAINTS_FAILURE"),
)


def meaning(error: Exception) -> str:
    """The sub-indication for what certvalidator raised."""
    return next((name for kind, name in _MEANING if isinstance(error, kind)), "CERTIFICATE_CHAIN_GENERAL_FAILURE")


async def check(
    certificate: x509.Certificate,
    trust: TrustStore,
    purpose: Purpose,
    moment: datetime | None = None,
    extra: Evidence | None = None,
    *,
    later_evidence: bool = False,
) -> ChainResult:
    """Whether `certificate` may serve `purpose` at `moment` (now if absent), revocation evidence required for the whole chain.

    `later_evidence` lets revocation lists issued after `moment` speak too: what is revoked *before* the moment is found, what
    is revoked after it does not matter (domain §5.4: old signatures are judged at signing time).
    """
    result = await _check(certificate, trust, purpose, moment, extra, later_evidence=later_evidence)
    if result.sub_indication:
        return result
    # A good answer from the time of signing hides a later list that dates the revocation back: the list is asked by itself.
    brought, listing = (extra or Evidence()).without_answers_on(certificate), trust.without_answers_on(certificate)
    if listing is trust and len(brought.ocsps) == len(extra.ocsps if extra else ()):
        return result
    again = await _check(certificate, listing, purpose, moment, brought, later_evidence=later_evidence)
    return again if again.sub_indication == "REVOKED" else result


async def _check(
    certificate: x509.Certificate,
    trust: TrustStore,
    purpose: Purpose,
    moment: datetime | None,
    extra: Evidence | None,
    *,
    later_evidence: bool,
) -> ChainResult:
    context = trust.context(moment, extra, later_evidence=later_evidence, about=certificate)
    validator = CertificateValidator(certificate, intermediate_certs=None, validation_context=context)
    try:
        if purpose is Purpose.TIMESTAMP:
            path = await validator.async_validate_usage(set(), {"time_stamping"})
        else:
            KeyUsageConstraints(key_usage=set(SIGNER_KEY_USAGE), match_all_key_usages=False).validate(certificate)
            if _for_services_only(certificate):
                return ChainResult("CHAIN_CONSTRAINTS_FAILURE")
            path = await validator.async_validate_path()
    except RevokedError as error:
        return ChainResult("REVOKED" if error.is_ee_cert else "REVOKED_CA_NO_POE", revoked_at=error.revocation_dt)
    except (PathError, ValidationError) as error:
        return ChainResult(meaning(error))
    return ChainResult("", path.first.sha256.hex(), path=path)


def _for_services_only(certificate: x509.Certificate) -> bool:
    """Whether the key may only stamp time or answer about revocation (RFC 3161 §2.3, RFC 6960 §4.2.2.2): it signs no document."""
    usage = certificate.extended_key_usage_value
    return usage is not None and set(usage.native) <= {"time_stamping", "ocsp_signing"}


def stamps_time(certificate: bytes) -> bool:
    """Whether this certificate (DER) is one for time-stamping (RFC 3161 §2.3)."""
    usage = parsed.certificate(certificate).extended_key_usage_value
    return usage is not None and "time_stamping" in usage.native


def leads_home(certificate: x509.Certificate, trust: TrustStore, extra: Evidence) -> bool:
    """Whether `certificate` names issuers up to one of our roots, whatever else is wrong with it (chooses the profile)."""
    own = trust.parsed
    roots = {one.subject.hashable for one in own.certificates[: len(trust.roots)]}
    line, _ = line_of(certificate, (*own.certificates, *extra.certificates))
    return any(one.issuer.hashable in roots for one in line)
