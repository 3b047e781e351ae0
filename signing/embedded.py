"""The signatures in a PDF, reached one by one, so that a broken one is a verdict of its own and never hides the others."""

# mypy: allow-untyped-calls
# (pyHanko is typed in parts)
from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, TypeVar

from asn1crypto import crl, ocsp, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import CMSExtractionError
from pyhanko.sign.validation import DocumentSecurityStore, EmbeddedPdfSignature
from pyhanko.sign.validation.errors import NoDSSFoundError, SignatureValidationError
from pyhanko_certvalidator.errors import PathError, ValidationError

from signing.trust import Evidence

T = TypeVar("T")

HOSTILE = (
    PdfError,
    SignatureValidationError,
    CMSExtractionError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    EOFError,
    LookupError,
    StopIteration,
    struct.error,
    zlib.error,
    UnsupportedAlgorithm,
    InvalidSignature,
    PathError,
    ValidationError,
    RecursionError,
    NotImplementedError,
    MemoryError,
    OSError,
)
"""What parsers throw at broken or hostile input. A verdict never raises for it."""
SUBFILTERS = frozenset({"/ETSI.CAdES.detached", "/adbe.pkcs7.detached", "/ETSI.RFC3161"})


@dataclass(frozen=True)
class Broken:
    """A signature that cannot be read."""

    field_name: str
    reason: str
    """`subfilter` or `format`."""


@dataclass(frozen=True)
class Opened:
    """A parsed file with what can be reached in it."""

    reader: PdfFileReader
    signatures: tuple[EmbeddedPdfSignature, ...]
    """In signing order."""
    broken: tuple[Broken, ...]
    strict_parse: bool
    """Whether the strict parser took the file (rule P7)."""
    hybrid: bool
    """Whether it has hybrid cross-references (rule P16)."""

    @property
    def revisions(self) -> int:
        """How many revisions the parser sees."""
        return int(self.reader.xrefs.total_revisions)


def attempt(work: Callable[[], T]) -> T | None:
    """The result of `work`, or None when the file makes it fail."""
    try:
        return work()
    except HOSTILE:
        return None


def open_pdf(handle: IO[bytes]) -> Opened | None:
    """The file behind `handle`, strictly parsed if possible, else leniently; None when no parser takes it."""
    strict = attempt(lambda: _reader(handle, strict=True))
    hybrid = strict is not None and bool(strict.xrefs.hybrid_xrefs_present)
    # A strict reader refuses to judge hybrid files, so these are read leniently and the fact is told.
    reader = strict if strict is not None and not hybrid else attempt(lambda: _reader(handle, strict=False))
    if reader is None:
        return None
    found, broken = ([], []) if reader.encrypted else _signatures(reader)
    return Opened(reader, tuple(found), tuple(broken), strict is not None, hybrid or bool(reader.xrefs.hybrid_xrefs_present))


def _reader(handle: IO[bytes], *, strict: bool) -> PdfFileReader:
    handle.seek(0, io.SEEK_SET)
    reader = PdfFileReader(handle, strict=strict)
    if not reader.encrypted:
        reader.root.get("/Pages")
    return reader


def _signatures(reader: PdfFileReader) -> tuple[list[EmbeddedPdfSignature], list[Broken]]:
    found: list[EmbeddedPdfSignature] = []
    broken: list[Broken] = []
    fields = attempt(lambda: list(enumerate_sig_fields(reader, filled_status=True)))
    for name, value, field in fields or ():
        signature = attempt(lambda field=field, name=name: _one(reader, field, name))  # type: ignore[misc]  # bound on purpose
        subfilter = attempt(lambda value=value: value.get_object().get("/SubFilter"))  # type: ignore[misc]
        if subfilter not in SUBFILTERS:
            broken.append(Broken(name, "subfilter"))
        elif signature is None:
            broken.append(Broken(name, "format"))
        else:
            found.append(signature)
    if fields is None:
        broken.append(Broken("", "format"))
    return sorted(found, key=lambda one: int(one.signed_revision)), broken


def _one(reader: PdfFileReader, field: generic.DictionaryObject, name: str) -> EmbeddedPdfSignature:
    signature = EmbeddedPdfSignature(reader, field, name)
    # Touch what the judging needs, so that a later step cannot be the first to stumble.
    str(signature.signer_cert.subject.human_friendly)
    signature.compute_integrity_info(skip_diff=True)
    return signature


def is_timestamp(signature: EmbeddedPdfSignature) -> bool:
    """Whether this is a document time-stamp; both the type and the sub-filter must say so."""
    return str(signature.sig_object.get("/SubFilter")) == "/ETSI.RFC3161"


def covered_until(signature: EmbeddedPdfSignature) -> int:
    """Where the second stretch of the signed bytes ends."""
    return int(signature.byte_range[2]) + int(signature.byte_range[3])


def evidence(opened: Opened) -> tuple[Evidence, bool]:
    """Certificates and revocation answers that the file carries, and whether its security store could be read."""
    certificates: list[x509.Certificate] = []
    for signature in opened.signatures:
        certificates += [signature.signer_cert, *signature.other_embedded_certs]
    try:
        store = DocumentSecurityStore.read_dss(opened.reader)
        crls = tuple(crl.CertificateList.load(_data(ref, DecodePurpose.CRL)) for ref in store.crls)
        ocsps = tuple(ocsp.OCSPResponse.load(_data(ref, DecodePurpose.OCSP_RESPONSE)) for ref in store.ocsps)
        certificates += list(store.load_certs())
    except NoDSSFoundError:
        return Evidence(tuple(certificates)), True
    except HOSTILE:
        return Evidence(tuple(certificates)), False
    return Evidence(tuple(certificates), crls, ocsps), True


def _data(ref: object, purpose: DecodePurpose) -> bytes:
    stream = ref.get_object()  # type: ignore[attr-defined]  # pyHanko's indirect object
    return bytes(stream.read_data(purpose))
