"""Signing with a key that never leaves its owner's desk (domain §5.4): prepared here, signed there, embedded here.

Phase one writes the document in its final form, all but the signature value, and tells the *signed attributes*: the few bytes
the key signs, which bind the document's digest and the signer's certificate. Phase two takes the raw signature, proves that it
was made over exactly these attributes with exactly this certificate and that the document is still the same, adds time-stamp
and evidence for the level, and accepts the result only when our own verification passed it.

Nothing is remembered here between the phases: the caller keeps `Prepared` and the document. Signing only ever appends, so the
caller may keep the source and `Prepared.tail_start` on.
"""

# mypy: allow-untyped-calls
# (pyHanko is typed in parts)
from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from shutil import copyfile, copyfileobj
from uuid import uuid4

from asn1crypto import cms
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.general import SigningError as PyHankoSigningError
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.path import ValidationPath

from signing import chain, verify
from signing.errors import FileNotWritten, SealRejected, SourceDamaged, TimestampUnavailable, TokenTooLarge, refused_certificate
from signing.key_errors import DocumentSwapped, KeyAtDesk, SignatureMismatch
from signing.keys import CertifiedKey, loaded
from signing.loop import complete
from signing.model import Level, Seal, SealRequest
from signing.prepared import Prepared
from signing.seal import Job, KeySigner, accepted
from signing.timestamps import TOKEN_ROOM_BYTES, Client, Timestamper
from signing.trust import TrustStore
from signing.writing import archive, evidence, fitting, flush, open_writer

_BLOCK = 1 << 20


class DeskKey(CertifiedKey):
    """A key known by its certificate alone; what it signed comes from outside."""

    def __init__(self, certificate: bytes, chain: tuple[bytes, ...] = ()) -> None:
        """`certificate` and the issuers in `chain` are DER.

        Raises:
            CertificateUnreadable: one of them is no certificate.
            KeyTooWeak: the key is below the legal minimum.
        """
        self._certified(loaded(certificate), tuple(loaded(der).public_bytes(Encoding.DER) for der in chain))
        self._signature: bytes | None = None

    def sign(self, data: bytes) -> bytes:
        """The signature that came from outside, if it is one over `data`; raises KeyAtDesk without one, SignatureMismatch."""
        if self._signature is None:
            raise KeyAtDesk
        if not self.fits(data, self._signature):
            raise SignatureMismatch(signer=self._name)
        return self._signature

    def given(self, signature: bytes) -> DeskKey:
        """The same key with the signature it made elsewhere."""
        other = DeskKey(self._der, self._chain)
        other._signature = signature
        return other


def prepare(
    source: Path, out: Path, request: SealRequest, key: DeskKey, trust: TrustStore, timestamper: Timestamper | None
) -> Prepared:
    """Write `source` into `out` in its final form up to the signature value; the certificate is checked first.

    Raises what `seal` raises before signing: CertificateRefused, RoleRefused, SourceEncrypted, SourceDamaged, SourceLocked,
    TimestampUnavailable, FileNotWritten.
    """
    job = Job(request, key, trust, timestamper)
    job.check_key()
    with _appearing(source, out) as fresh:
        return complete(_prepare(job, fresh, source.stat().st_size))


class _Spared(TimeStamper):
    """Time-stamp client while a document is prepared: what is known of the authority goes in, nobody has to answer now."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self._client = client

    async def validation_paths(self, validation_context: ValidationContext) -> AsyncIterator[ValidationPath]:
        """Those of the authority that answered last; none while none is to be had: `finish` puts in what is missing."""
        with suppress(TimestampUnavailable):
            async for path in self._client.validation_paths(validation_context):
                yield path


async def _prepare(job: Job, path: Path, tail_start: int) -> Prepared:
    with _in_our_words(), path.open("r+b") as handle:
        writer = open_writer(handle)
        signer = job.pdf_signer(writer)
        if job.stamper is not None:
            signer.default_timestamper = _Spared(job.stamper)
        hole, _, _ = await signer.async_digest_doc_for_signing(writer, in_place=True, bytes_reserved=await signer.room())
        attributes = await signer.signer.signed_attrs(hole.document_digest, job.key.digest, use_pades=True)
        flush(handle)
    start, end = hole.reserved_region_start, hole.reserved_region_end
    field = signer.field
    digest, whole = _digests(path, job.key.digest, start, end)
    if digest != hole.document_digest:
        raise DocumentSwapped
    return Prepared(
        attributes=attributes.dump(),
        digest=job.key.digest,
        document_digest=digest,
        sha256=whole,
        hole_start=start,
        hole_end=end,
        tail_start=tail_start,
        field_name=field.name,
        place=field.place,
        mark_left_out=field.mark_left_out,
    )


def join(source: Path, tail: Path, document: Path) -> None:
    """Put the prepared `document` together again from the source and what preparing appended."""
    try:
        copyfile(source, document)
        with tail.open("rb") as more, document.open("ab") as whole:
            copyfileobj(more, whole, _BLOCK)
    except OSError as error:
        raise FileNotWritten from error


def check(prepared: Prepared, key: DeskKey, signature: bytes) -> None:
    """Nothing if `signature` was made over the prepared attributes with the key of this certificate, else SignatureMismatch."""
    if not key.fits(prepared.attributes, signature):
        raise SignatureMismatch(signer=key.name)


def finish(
    document: Path,
    out: Path,
    prepared: Prepared,
    signature: bytes,
    request: SealRequest,
    key: DeskKey,
    trust: TrustStore,
    timestamper: Timestamper | None,
) -> Seal:
    """Put the signature with its time-stamp and evidence into the prepared `document`; `out` appears verified or not at all.

    May be repeated with the same signature, for instance when no time-stamp was to be had.

    Raises:
        SignatureMismatch: the signature is over other bytes or by another key.
        DocumentSwapped: the document is not the one that was prepared.
        TimestampUnavailable: the level needs a time-stamp and none was to be had.
        FileNotWritten: a file cannot be read or written.
        SealRejected: our own verification did not pass the result.
    """
    check(prepared, key, signature)
    job = Job(request, key.given(signature), trust, timestamper)
    with _appearing(document, out) as fresh:
        _unchanged(fresh, prepared)
        complete(_embed(job, fresh, prepared))
        ours = accepted(verify.verify(fresh, trust, name=out.name), prepared.field_name)
        if ours.level != request.level.value:
            raise SealRejected(reason=ours.level)
    return replace(job.facts(ours), place=prepared.place, mark_left_out=prepared.mark_left_out)


def _unchanged(path: Path, prepared: Prepared) -> None:
    try:
        digest, whole = _digests(path, prepared.digest, prepared.hole_start, prepared.hole_end)
        attributes = cms.CMSAttributes.load(prepared.attributes)
        told = {one["type"].native: one["values"][0].native for one in attributes}
    except (ValueError, TypeError) as error:
        raise DocumentSwapped from error
    if whole != prepared.sha256 or digest != prepared.document_digest or told.get("message_digest") != digest:
        raise DocumentSwapped


async def _embed(job: Job, path: Path, prepared: Prepared) -> None:
    with _in_our_words(), path.open("r+b") as handle:
        signed = await KeySigner(job.key).async_sign_prescribed_attributes(
            prepared.digest, cms.CMSAttributes.load(prepared.attributes), timestamper=job.stamper
        )
        hole = PreparedByteRangeDigest(prepared.document_digest, prepared.hole_start, prepared.hole_end)
        try:
            with fitting():
                hole.fill_with_cms(handle, signed)
        except TokenTooLarge as error:
            if prepared.hole_end - prepared.hole_start < 2 * TOKEN_ROOM_BYTES:
                # Laid out for less than any token may need (another level): it must be prepared and signed again.
                raise SealRejected(reason="FORMAT_FAILURE") from error
            raise
        if job.request.level is Level.B_LT and job.stamper is not None:
            await evidence(handle, job.stamper, job.trust.context(extra=job.evidence))
        if job.request.level is Level.B_LTA and job.stamper is not None:
            await archive(handle, job.stamper, job.trust.context(extra=job.evidence), prepared.digest)
        flush(handle)


def _digests(path: Path, algorithm: str, start: int, end: int) -> tuple[bytes, str]:
    """The digest of all bytes outside the hole, and SHA-256 of all, in one reading."""
    outside, whole = hashlib.new(algorithm), hashlib.sha256()
    with path.open("rb") as handle:
        place = 0
        while block := handle.read(_BLOCK):
            whole.update(block)
            outside.update(block[: max(0, start - place)])
            outside.update(block[max(0, end - place) :])
            place += len(block)
    return outside.digest(), whole.hexdigest()


@contextmanager
def _appearing(source: Path, out: Path) -> Iterator[Path]:
    """A copy of `source` to work on, which becomes `out` at the end of the block, or vanishes."""
    fresh = out.with_name(f".{out.name}.{uuid4().hex}.sealing")
    try:
        copyfile(source, fresh)
        yield fresh
        fresh.replace(out)
    except OSError as error:
        raise FileNotWritten from error
    finally:
        fresh.unlink(missing_ok=True)


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except (PathError, ValidationError) as error:
        # Stale revocation data waits for newer; anything else about its chain is refused.
        raise refused_certificate("TSA", chain.meaning(error)) from error
    except PyHankoSigningError as error:
        raise SourceDamaged from error
