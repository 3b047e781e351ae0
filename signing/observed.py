"""Takes the particulars of a signature out of its objects, and says what is unusual about them.

What a hostile certificate does not tell stays empty: a report never fails for a fact.
"""

# mypy: allow-untyped-calls
# (pyHanko is typed in parts)
from __future__ import annotations

from collections.abc import Iterator

from asn1crypto import crl, ocsp, x509
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation import EmbeddedPdfSignature

from signing import integrity, parsed
from signing.ades import Setting
from signing.embedded import Opened, attempt, is_timestamp, tokens
from signing.model import Finding, Severity, Topic
from signing.particulars import AnswerKind, Particulars, RevocationAnswer, Stamp
from signing.roles import signer_name

_MOST_ANSWERS = 8
_OLD_FORM = "adbe.pkcs7.detached"
_DIGEST_ORDER = ("md2", "md5", "sha1", "sha224", "sha256", "sha384", "sha512")


def particulars(
    signature: EmbeddedPdfSignature, opened: Opened, setting: Setting, size: int, anchor_sha256: str
) -> Particulars | None:
    """The facts of a signature, or None when its objects do not hold still.

    Args:
        signature: the signature.
        opened: the file it stands in.
        setting: what the file was judged with.
        size: length of the file in bytes.
        anchor_sha256: fingerprint of the root its chain was found to reach; empty for none.
    """
    return attempt(lambda: _particulars(signature, opened, setting, size, anchor_sha256))


def _particulars(signature: EmbeddedPdfSignature, opened: Opened, setting: Setting, size: int, anchor_sha256: str) -> Particulars:
    certificate = signature.signer_cert
    ranges = [int(one) for one in signature.byte_range]
    return Particulars(
        organisation=attempt(lambda: _organisation(certificate)) or "",
        certificate_sha256=certificate.sha256.hex(),
        valid_from=certificate.not_valid_before,
        valid_to=certificate.not_valid_after,
        key=attempt(lambda: _key(certificate)) or "",
        digest=attempt(lambda: _digest(signature)) or "",
        subfilter=str(signature.sig_object.get("/SubFilter", "")).lstrip("/"),
        issuers_included=attempt(lambda: _issuer_of(certificate, setting)) or False,
        revision=int(signature.signed_revision) + 1,
        revisions=opened.revisions,
        covered_bytes=max(0, ranges[1]) + max(0, ranges[3]),
        file_bytes=size,
        anchor=attempt(lambda: _anchor(setting, anchor_sha256)) or "",
        anchor_sha256=anchor_sha256,
        stamps=() if is_timestamp(signature) else tuple(_stamps(signature)),
        revocation=tuple(attempt(lambda: sorted(_answers(certificate, setting), key=lambda one: one.issued_at)) or ())[
            -_MOST_ANSWERS:
        ],
    )


def oddities(facts: Particulars | None) -> list[Finding]:
    """What an auditor should hear of a signature's form although it decides nothing."""
    if facts is None or facts.subfilter == "ETSI.RFC3161":
        return []
    found = []
    if facts.subfilter == _OLD_FORM:
        found.append(Finding(Topic.SIGNATURE, "OLD_SUBFILTER", Severity.INFO))
    if not facts.issuers_included:
        found.append(Finding(Topic.SIGNER, "LEAF_ONLY", Severity.INFO))
    if not facts.revocation:
        found.append(Finding(Topic.REVOCATION, "NO_REVOCATION_EVIDENCE", Severity.WARNING))
    return found


def _organisation(certificate: x509.Certificate) -> str:
    subject = certificate.subject.native
    parts: list[str] = []
    for name in ("organizational_unit_name", "organization_name"):
        value = subject.get(name, [])
        parts += [str(one) for one in value] if isinstance(value, list) else [str(value)]
    return ", ".join(dict.fromkeys(parts))


def _key(certificate: x509.Certificate) -> str:
    public = certificate.public_key
    if public.algorithm == "ec":
        return f"EC {public.curve[1]}"
    if public.algorithm in {"ed25519", "ed448"}:
        return str(public.algorithm).capitalize()
    return f"{str(public.algorithm).upper()} {public.bit_size}"


def _digest(signature: EmbeddedPdfSignature) -> str:
    used = {str(one) for one in (signature.md_algorithm, signature.external_md_algorithm) if one}
    return min(used, key=lambda one: _DIGEST_ORDER.index(one) if one in _DIGEST_ORDER else len(_DIGEST_ORDER), default="")


def _issuer_of(certificate: x509.Certificate, setting: Setting) -> bool:
    return any(one.subject == certificate.issuer for one in setting.evidence.certificates if one is not certificate)


def _anchor(setting: Setting, sha256: str) -> str:
    for der in setting.trust.roots:
        root = parsed.certificate(der)
        if root.sha256.hex() == sha256:
            return signer_name(root)
    return ""


def _stamps(signature: EmbeddedPdfSignature) -> Iterator[Stamp]:
    for token in tokens(signature):
        made = integrity.token_time(token)
        if made is not None and made.tzinfo is not None:
            name = attempt(lambda token=token: signer_name(extract_certificate_info(token).signer_cert))  # type: ignore[misc]
            yield Stamp(name or "", made)


def _answers(certificate: x509.Certificate, setting: Setting) -> Iterator[RevocationAnswer]:
    brought = setting.evidence.crls
    held = {one.dump() for one in brought}
    own = [one for one in setting.trust.parsed.crls if one.dump() not in held]
    for listed in (*brought, *own):
        if listed.issuer == certificate.issuer:
            yield _of_list(listed, in_file=listed.dump() in held)
    for answer in setting.evidence.ocsps:
        yield from _of_ocsp(answer, certificate, in_file=True)
    mine = {one.dump() for one in setting.evidence.ocsps}
    for answer in setting.trust.parsed.ocsps:
        if answer.dump() not in mine:
            yield from _of_ocsp(answer, certificate, in_file=False)


def _of_list(listed: crl.CertificateList, *, in_file: bool) -> RevocationAnswer:
    times = listed["tbs_cert_list"]
    return RevocationAnswer(AnswerKind.CRL, times["this_update"].native, times["next_update"].native, in_file)


def _of_ocsp(answer: ocsp.OCSPResponse, certificate: x509.Certificate, *, in_file: bool) -> Iterator[RevocationAnswer]:
    if answer["response_status"].native != "successful":
        return
    for one in answer.response_data["responses"]:
        if one["cert_id"]["serial_number"].native == certificate.serial_number:
            yield RevocationAnswer(AnswerKind.OCSP, one["this_update"].native, one["next_update"].native, in_file)
