"""The signatures in a PDF, reached one by one, so that a broken one is a verdict of its own and never hides the others."""

# mypy: allow-untyped-calls
# (pyHanko is typed in parts)
from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import IO, Any, TypeVar

from asn1crypto import cms, ocsp
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509 import InvalidVersion
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.crypt import AuthStatus
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import CMSExtractionError
from pyhanko.sign.validation import DocumentSecurityStore, EmbeddedPdfSignature
from pyhanko.sign.validation.errors import NoDSSFoundError, SignatureValidationError
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko_certvalidator.errors import PathError, ValidationError

from signing import parsed
from signing.reading import Reader
from signing.shifted import Shifted
from signing.sweep import DIGESTS, SignedRange
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
    InvalidVersion,
    PathError,
    ValidationError,
    RecursionError,
    NotImplementedError,
    MemoryError,
    NameError,  # asn1crypto: a variable without a value for key types it does not know
    RuntimeError,
    OSError,
)
"""What parsers throw at broken or hostile input. A verdict never raises for it."""
MAKER = "Sohoa"
"""How our own signatures name the program that made them (`/Prop_Build`): under the signature, so nobody can take it out."""
_NOWHERE = SignedRange("", 0, 0, 0)
SUBFILTERS = frozenset({"/ETSI.CAdES.detached", "/adbe.pkcs7.detached", "/ETSI.RFC3161"})


@dataclass(frozen=True)
class Broken:
    """A signature that cannot be read."""

    field_name: str
    reason: str
    """`subfilter`, `signer` (not one signer with a certificate) or `format`."""


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
    locked: bool = False
    """Whether it needs a password that we do not have."""
    shift: int = 0
    """Bytes before the header that offsets do not count: no signature then covers them."""
    reviews: dict[tuple[int, int], ModificationLevel | None] = field(default_factory=dict, compare=False)
    """What was found out about later revisions, so that it is not asked twice (`signing.changes`)."""

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


def open_pdf(handle: IO[bytes], header_at: int = 0) -> Opened | None:
    """The file behind `handle`, strictly parsed if possible, else leniently; None when no parser takes it.

    `header_at`: where the PDF begins. Tools differ in whether offsets count from there or from the first byte.
    """
    if header_at <= 0:
        return _open(handle)
    found = _open(Shifted(handle, 0, header_at))
    if found is not None:
        return found
    shifted = _open(Shifted(handle, header_at, 0))
    return None if shifted is None else replace(shifted, shift=header_at)


def _open(handle: IO[bytes] | io.RawIOBase) -> Opened | None:
    strict = attempt(lambda: _reader(handle, strict=True))
    hybrid = strict is not None and bool(strict.xrefs.hybrid_xrefs_present)
    # A strict reader refuses to judge hybrid files, so these are read leniently and the fact is told.
    reader = strict if strict is not None and not hybrid else attempt(lambda: _reader(handle, strict=False))
    if reader is None:
        return None
    locked = reader.encrypted and not _unlocked(reader)
    found, broken = ([], []) if locked else _signatures(reader)
    hybrid = hybrid or bool(reader.xrefs.hybrid_xrefs_present)
    return Opened(reader, tuple(found), tuple(broken), strict is not None, hybrid, locked)


def _reader(handle: IO[bytes] | io.RawIOBase, *, strict: bool) -> PdfFileReader:
    handle.seek(0, io.SEEK_SET)
    reader = Reader(handle, strict=strict)
    if not reader.encrypted or _unlocked(reader):
        reader.root.get("/Pages")
    return reader


def _unlocked(reader: PdfFileReader) -> bool:
    """Whether the file opens without a password: many are encrypted only to forbid printing."""
    result = attempt(lambda: reader.decrypt(b""))
    return result is not None and result.status is not AuthStatus.FAILED


def _signatures(reader: PdfFileReader) -> tuple[list[EmbeddedPdfSignature], list[Broken]]:
    found: list[EmbeddedPdfSignature] = []
    broken: list[Broken] = []
    fields = attempt(lambda: list(enumerate_sig_fields(reader, filled_status=True)))
    for name, value, holder in fields or ():
        one = _read(reader, name, value, holder)
        if isinstance(one, Broken):
            broken.append(one)
        else:
            found.append(one)
    if fields is None:
        broken.append(Broken("", "format"))
    return sorted(found, key=lambda one: int(one.signed_revision)), broken


def _read(reader: PdfFileReader, name: str, value: Any, holder: generic.DictionaryObject) -> EmbeddedPdfSignature | Broken:
    try:
        if value.get_object().get("/SubFilter") not in SUBFILTERS:
            return Broken(name, "subfilter")
        return _one(reader, holder, name)
    except CMSExtractionError:
        return Broken(name, "signer")
    except SignatureValidationError as error:
        return Broken(name, "signer" if error.ades_subindication is AdESIndeterminate.NO_SIGNING_CERTIFICATE_FOUND else "format")
    except HOSTILE:
        return Broken(name, "format")


def _one(reader: PdfFileReader, holder: generic.DictionaryObject, name: str) -> EmbeddedPdfSignature:
    signature = EmbeddedPdfSignature(reader, holder, name)
    # Touch what the judging needs, so that a later step cannot be the first to stumble.
    str(signature.signer_cert.subject.human_friendly)
    signature.coverage = signature.evaluate_signature_coverage()  # type: ignore[assignment]  # pyHanko says None at first
    covered_until(signature)
    [int(one) for one in signature.byte_range]  # names or other objects among the numbers
    return signature


def tokens(signature: EmbeddedPdfSignature) -> list[cms.SignedData]:
    """The signature time-stamp tokens attached to a signature."""
    return attempt(lambda: list(extract_tst_data_iter(signature.signer_info, signed=False))) or []


def signed_range(signature: EmbeddedPdfSignature, size: int) -> SignedRange | None:
    """The signed bytes of a signature, where they can be digested in one way through a file of `size` bytes."""
    numbers = [int(one) for one in signature.byte_range]
    if len(numbers) != 4 or signature.external_md_algorithm not in DIGESTS:
        return None
    start, first, second, end = numbers[0], numbers[1], numbers[2], numbers[2] + numbers[3]
    sound = start == 0 < first <= second <= end <= size
    return SignedRange(signature.external_md_algorithm, first, second, end) if sound else None


def digested(opened: Opened, digests: Mapping[SignedRange, bytes], size: int) -> Opened:
    """The same with the digest of every signature known; one that cannot be digested is broken."""
    found, broken = [], list(opened.broken)
    for one in opened.signatures:
        known = digests.get(signed_range(one, size) or _NOWHERE)
        if known is not None:
            one.external_digests[one.external_md_algorithm] = known
        if known is None and attempt(one.compute_digest) is None:
            broken.append(Broken(str(one.field_name), "format"))
        else:
            found.append(one)
    return replace(opened, signatures=tuple(found), broken=tuple(broken))


def is_timestamp(signature: EmbeddedPdfSignature) -> bool:
    """Whether this is a document time-stamp; both the type and the sub-filter must say so."""
    return str(signature.sig_object.get("/SubFilter")) == "/ETSI.RFC3161"


def made_by_us(signature: EmbeddedPdfSignature) -> bool:
    """Whether the signature says that this program made it."""
    return attempt(lambda: str(signature.sig_object["/Prop_Build"]["/App"]["/Name"])) == f"/{MAKER}"


def covered_until(signature: EmbeddedPdfSignature) -> int:
    """Where the second stretch of the signed bytes ends."""
    return int(signature.byte_range[2]) + int(signature.byte_range[3])


def evidence(opened: Opened) -> tuple[Evidence, bool]:
    """Certificates and revocation answers that the file carries, and whether its security store could be read."""
    certificates: dict[bytes, None] = {}
    for signature in opened.signatures:
        certificates |= dict.fromkeys(one.dump() for one in (signature.signer_cert, *signature.other_embedded_certs))
        certificates |= dict.fromkeys(attempt(lambda signature=signature: _in_tokens(signature)) or ())  # type: ignore[misc]
    known = tuple(parsed.certificate(der) for der in certificates)
    try:
        store = DocumentSecurityStore.read_dss(opened.reader)
        crls = tuple(parsed.revocation_list(_data(ref, DecodePurpose.CRL)) for ref in store.crls)
        ocsps = tuple(ocsp.OCSPResponse.load(_data(ref, DecodePurpose.OCSP_RESPONSE)) for ref in store.ocsps)
        certificates |= dict.fromkeys(one.dump() for one in store.load_certs())
    except NoDSSFoundError:
        return Evidence(known), True
    except HOSTILE:
        return Evidence(known), False
    return Evidence(tuple(parsed.certificate(der) for der in certificates), crls, ocsps), True


def _in_tokens(signature: EmbeddedPdfSignature) -> list[bytes]:
    choices = [choice for token in tokens(signature) for choice in token["certificates"]]
    return [choice.chosen.dump() for choice in choices if choice.name == "certificate"]


def _data(ref: object, purpose: DecodePurpose) -> bytes:
    stream = ref.get_object()  # type: ignore[attr-defined]  # pyHanko's indirect object
    return bytes(stream.read_data(purpose))
