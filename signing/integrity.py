"""Are the signed bytes the bytes that were signed: digest, signature value, signed attributes, strength of the algorithms.

Trust plays no part here: a stranger's signature can be intact.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from hashlib import new as new_hash

from asn1crypto import cms, core, parser
from pyhanko.pdf_utils import generic
from pyhanko.sign.general import MultivaluedAttributeError, NonexistentAttributeError, find_unique_cms_attribute
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from ingest.errors import Param
from signing.embedded import HOSTILE, attempt, is_timestamp
from signing.keys import LEAST_EC_BITS, LEAST_RSA_BITS
from signing.model import Finding, Severity, Topic

WEAK_DIGESTS = frozenset({"md2", "md5", "sha1"})
_FIXED_STRENGTH = frozenset({"ed25519", "ed448"})
"""Edwards curves come in one size each; asn1crypto cannot measure them."""
_HEX_STRING = re.compile(rb"<[0-9A-Fa-f]*>")
_ZONE_SLACK = timedelta(minutes=10)


def breach(signature: EmbeddedPdfSignature) -> str:
    """Empty when the signature is intact, else `HASH_FAILURE`, `SIG_CRYPTO_FAILURE` or `FORMAT_FAILURE` (EN 319 102-1 §5.1)."""
    try:
        digest = signature.compute_digest()
        if not is_timestamp(signature):
            return _breach(signature.signed_data, digest)
        imprint = signature.signed_data["encap_content_info"]["content"].parsed["message_imprint"]
        if imprint["hashed_message"].native != digest:
            return "HASH_FAILURE"
        return token_breach(signature.signed_data)
    except HOSTILE:
        return "FORMAT_FAILURE"


def token_breach(token: cms.SignedData) -> str:
    """The same for the signature of a time-stamp token over its own content."""
    content = bytes(token["encap_content_info"]["content"])
    algorithm = token["signer_infos"][0]["digest_algorithm"]["algorithm"].native
    return _breach(token, new_hash(algorithm, content).digest())


def _breach(data: cms.SignedData, digest: bytes) -> str:
    signer = data["signer_infos"][0]
    certificate = _signer_certificate(data)
    if certificate is None:
        return "FORMAT_FAILURE"
    kind = data["encap_content_info"]["content_type"].native
    intact, valid = validate_sig_integrity(signer, certificate, kind, digest)
    if not intact:
        return "HASH_FAILURE"
    return "" if valid else "SIG_CRYPTO_FAILURE"


def _signer_certificate(data: cms.SignedData) -> object:
    signer_id = data["signer_infos"][0]["sid"].chosen
    for choice in data["certificates"]:
        one = choice.chosen
        if choice.name != "certificate":
            continue
        if isinstance(signer_id, cms.IssuerAndSerialNumber):
            if one.issuer == signer_id["issuer"] and one.serial_number == signer_id["serial_number"].native:
                return one
        elif one.key_identifier == signer_id.native:
            return one
    return None


def p15_attributes(signature: EmbeddedPdfSignature, *, strict: bool) -> list[Finding]:
    """P15: the CMS has signed attributes, and they name the signer's certificate; else another certificate could be put in."""
    attributes = signature.signer_info["signed_attrs"]
    if attributes is core.VOID or not len(attributes):
        return [Finding(Topic.SIGNATURE, "NO_SIGNED_ATTRIBUTES", Severity.FAILURE if strict else Severity.DOUBT)]
    kinds = {attribute["type"].native for attribute in attributes}
    if kinds & {"signing_certificate", "signing_certificate_v2"}:
        return []
    return [Finding(Topic.SIGNATURE, "SIGNING_CERTIFICATE_NOT_NAMED", Severity.FAILURE if strict else Severity.WARNING)]


def padding(signature: EmbeddedPdfSignature, *, strict: bool) -> list[Finding]:
    """Behind the CMS, the reserved space holds zeros only: it is the one stretch of the file that no signature covers."""
    content = bytes(signature.pkcs7_content)
    used = parser.peek(content)  # not by dumping it again: asn1crypto takes minutes for indefinite lengths
    if not content[used:].strip(b"\x00") and _HEX_STRING.fullmatch(_gap(signature)):
        return []
    return [Finding(Topic.INTEGRITY, "SIGNATURE_SPACE_USED", Severity.FAILURE if strict else Severity.DOUBT)]


def _gap(signature: EmbeddedPdfSignature) -> bytes:
    """The unsigned stretch as it is written; no longer than the signature it should hold."""
    first, second = int(signature.byte_range[1]), int(signature.byte_range[2])
    stream = signature.reader.stream
    stream.seek(first)
    return bytes(stream.read(min(second - first, 2 * len(signature.pkcs7_content) + 2)))


def strength(signature: EmbeddedPdfSignature) -> list[Finding]:
    """What is weak about the algorithms. A weak digest is doubt (Circular 15/2025 asks SHA-256), a short key too."""
    found = []
    used = {signature.md_algorithm, signature.external_md_algorithm} & WEAK_DIGESTS
    if used:
        found.append(Finding(Topic.SIGNATURE, "DIGEST_WEAK", Severity.DOUBT, {"algorithm": "+".join(sorted(used))}))
    public = signature.signer_cert.public_key
    if public.algorithm in _FIXED_STRENGTH:
        return found
    least = LEAST_EC_BITS if public.algorithm == "ec" else LEAST_RSA_BITS
    if public.bit_size is not None and public.bit_size < least:
        found.append(Finding(Topic.SIGNATURE, "KEY_WEAK", Severity.DOUBT, {"bits": public.bit_size}))
    return found


def claimed_time(signature: EmbeddedPdfSignature) -> tuple[datetime | None, list[Finding]]:
    """The time the signer claims, corrected when the tool wrote local time as UTC, with the finding that tells it.

    Some Vietnamese signing tools put 16:41+07:00 in the dictionary and 16:41Z in the CMS (domain fact 22).
    """
    written = attempt(lambda: generic.parse_pdf_date(signature.sig_object["/M"], strict=False))
    cms_time = _cms_time(signature.signer_info)
    if written is None or written.tzinfo is None or cms_time is None:
        return (cms_time or (written if written and written.tzinfo else None)), []
    offset = written.utcoffset() or timedelta()
    if offset and abs(cms_time - written - offset) <= _ZONE_SLACK:
        hours = int(offset.total_seconds() // 3600)
        params: dict[str, Param] = {"written": cms_time.isoformat(), "meant": written.isoformat(), "hours": hours}
        return written, [Finding(Topic.TIME, "TIME_IN_WRONG_ZONE", Severity.WARNING, params)]
    return cms_time, []


def _cms_time(signer: cms.SignerInfo) -> datetime | None:
    try:
        value = find_unique_cms_attribute(signer["signed_attrs"], "signing_time").native
    except (NonexistentAttributeError, MultivaluedAttributeError, TypeError):
        return None
    return value if isinstance(value, datetime) and value.tzinfo else None


def token_time(token: cms.SignedData) -> datetime | None:
    """When a token says it was made."""
    value = attempt(lambda: token["encap_content_info"]["content"].parsed["gen_time"].native)
    return value if isinstance(value, datetime) else None
