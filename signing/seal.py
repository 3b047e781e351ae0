"""A finished PDF is sealed: PAdES baseline signatures, added incrementally, verified by ourselves before anyone sees them.

Invariants: every byte of the source is kept; the certificate is checked before signing; a level is reached or an error is
raised, never a lower level; the result exists only after our own `verify` passed it. Works through file handles, so a large
scan costs no memory. Does not know in what legal procedure the seal stands.
"""

# mypy: allow-untyped-calls
# (pyHanko is typed in parts)
from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile
from typing import IO
from uuid import uuid4

from asn1crypto import x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError as PyHankoSigningError
from pyhanko.sign.signers.pdf_byterange import BuildProps
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    PdfSignatureMetadata,
    PdfSigner,
    PdfTimeStamper,
    SigDSSPlacementPreference,
    TimestampDSSContentSettings,
)
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import read_certification_data
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signing import chain, parsed, timestamps, verify
from signing.embedded import HOSTILE, MAKER
from signing.errors import (
    CertificateRefused,
    FileNotWritten,
    RoleRefused,
    SealRejected,
    SigningError,
    SourceDamaged,
    SourceEncrypted,
    SourceLocked,
    TimestampUnavailable,
    refused_certificate,
)
from signing.keys import SealKey
from signing.loop import complete
from signing.model import FileVerdict, Indication, Level, Role, Seal, SealRequest, Severity, SignatureVerdict
from signing.roles import role_of, signer_name
from signing.timestamps import Timestamper
from signing.trust import SIGNER_KEY_USAGE, Evidence, TrustStore

_INVISIBLE = InvisSigSettings(set_print_flag=True, set_hidden_flag=False)
"""Print flag set, hidden flag not: what PDF/A-2 demands of every annotation (ISO 19005-2, 6.3.2)."""
_LONG_TERM = frozenset({Level.B_LT, Level.B_LTA})


def seal(source: Path, out: Path, request: SealRequest, key: SealKey, trust: TrustStore, timestamper: Timestamper | None) -> Seal:
    """Sign `source` with `key` into `out` at `request.level`, and return the facts of the signature.

    `out` may be the same path as `source`; it appears whole and verified, or not at all. When `request.field_name` is taken
    (an earlier signature of the same kind), a number is added to it.

    Raises:
        CertificateRefused: the signer's or the time-stamper's certificate does not hold now.
        RoleRefused: the key stands for another role than the one asked for.
        SourceEncrypted: the source has a password.
        SourceDamaged: the source is no PDF, damaged, or has hybrid references.
        SourceLocked: an earlier certification forbids further signatures.
        TimestampUnavailable: the level needs a time-stamp and none was to be had.
        FileNotWritten: the source cannot be read, or the disk is full.
        SealRejected: our own verification did not pass the result.
    """
    job = Job(request, key, trust, timestamper)
    job.check_key()
    fresh = out.with_name(f".{out.name}.{uuid4().hex}.sealing")
    try:
        copyfile(source, fresh)
        field_name = complete(job.sign(fresh))
        verdict = verify.verify(fresh, trust, name=out.name)
        ours = accepted(verdict, field_name)
        fresh.replace(out)
    except OSError as error:
        raise FileNotWritten from error
    finally:
        fresh.unlink(missing_ok=True)
    return job.facts(ours)


def accepted(verdict: FileVerdict, field_name: str) -> SignatureVerdict:
    """Our signature out of the verdict; refused unless it passed, and the document with it."""
    ours = next((one for one in verdict.signatures if one.field_name == field_name), None)
    if ours is None:
        raise SealRejected(reason=verdict.sub_indication or "FORMAT_FAILURE")
    if ours.indication is not Indication.PASSED:
        raise SealRejected(reason=ours.sub_indication)
    others = [one for one in verdict.signatures if one.indication is not Indication.PASSED]
    broken = any(one.severity is Severity.FAILURE for one in verdict.findings)
    # Earlier foreign signatures may be undecidable for us (unknown root), but nothing may be broken.
    if broken or verdict.indication is Indication.FAILED or (verdict.indication is not Indication.PASSED and not others):
        raise SealRejected(reason=verdict.sub_indication)
    return ours


@dataclass(frozen=True)
class Job:
    """One sealing: what the steps share."""

    request: SealRequest
    key: SealKey
    trust: TrustStore
    timestamper: Timestamper | None

    @property
    def certificate(self) -> x509.Certificate:
        """The signer's certificate."""
        return parsed.certificate(self.key.certificate)

    @property
    def evidence(self) -> Evidence:
        """The issuing certificates the key brings along."""
        return Evidence(tuple(parsed.certificate(der) for der in self.key.chain))

    def check_key(self) -> None:
        """Circular 15/2025, Art. 5 §1: the certificate is checked before anything is signed."""
        certificate = self.certificate
        got = role_of(certificate)
        if Role.UNKNOWN not in {got, self.request.role} and got is not self.request.role:
            raise RoleRefused(wanted=self.request.role.value, got=got.value)
        result = complete(chain.check(certificate, self.trust, chain.Purpose.SIGNATURE, extra=self.evidence))
        if result.sub_indication:
            raise refused_certificate(signer_name(certificate), result.sub_indication)
        if self.request.level is not Level.B_B and self.timestamper is None:
            raise TimestampUnavailable

    @property
    def stamper(self) -> TimeStamper | None:
        """The time-stamp client, if the level has time-stamps."""
        return timestamps.client(self.timestamper) if self.timestamper and self.request.level is not Level.B_B else None

    def pdf_signer(self, writer: QuietWriter) -> PdfSigner:
        """The pyHanko signer for this job. Shared by signing at once and by signing in two phases (`signing.two_phase`)."""
        name = _free_name(writer, self.request.field_name)
        return PdfSigner(
            self._metadata(name),
            KeySigner(self.key),
            timestamper=self.stamper,
            new_field_spec=SigFieldSpec(name, invis_sig_settings=_INVISIBLE),
        )

    async def sign(self, path: Path) -> str:
        """Add the signature to the file in place; returns the name of its field."""
        level, stamper = self.request.level, self.stamper
        try:
            with path.open("r+b") as handle:
                writer = open_writer(handle)
                signer = self.pdf_signer(writer)
                await signer.async_sign_pdf(writer, in_place=True)
                if level is Level.B_LTA and stamper is not None:
                    await archive(handle, stamper, self.trust.context(extra=self.evidence), self.key.digest)
                flush(handle)
        except (PathError, ValidationError) as error:
            raise CertificateRefused(signer="TSA", reason="CERTIFICATE_CHAIN_GENERAL_FAILURE") from error
        except PyHankoSigningError as error:
            raise SourceDamaged from error
        return str(signer.signature_meta.field_name)

    def _metadata(self, field_name: str) -> PdfSignatureMetadata:
        long_term = self.request.level in _LONG_TERM
        # Evidence in the same revision as the signature: one revision, which covers the whole file. pyHanko would do so for
        # the lower levels too, so these get the other placement.
        here, later = SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE, SigDSSPlacementPreference.TOGETHER_WITH_NEXT_TS
        return PdfSignatureMetadata(
            field_name=field_name,
            md_algorithm=self.key.digest,
            location=self.request.location or None,
            reason=self.request.reason or None,
            name=self.key.name,
            app_build_props=BuildProps(name=MAKER),
            subfilter=SigSeedSubFilter.PADES,
            embed_validation_info=long_term,
            validation_context=self.trust.context(extra=self.evidence),
            signer_key_usage=set(_usable(self.certificate)),
            dss_settings=DSSContentSettings(include_vri=False, placement=here if long_term else later),
        )

    def facts(self, ours: SignatureVerdict) -> Seal:
        """What is told about the finished signature."""
        return Seal(
            kind=self.request.kind,
            role=self.request.role,
            level=self.request.level,
            signer=self.key.name,
            certificate_sha256=self.certificate.sha256.hex(),
            signed_at=(ours.signing_time or datetime.now(UTC)).astimezone(UTC),
            time_stamped=ours.time_source == "timestamp",
        )


async def archive(handle: IO[bytes], stamper: TimeStamper, context: ValidationContext, digest: str) -> None:
    """The document time-stamp of B-LTA, over everything before it, with the evidence for the time-stamps already there."""
    await PdfTimeStamper(stamper, invis_settings=_INVISIBLE).async_timestamp_pdf(
        QuietWriter(handle),
        digest,
        context,
        in_place=True,
        dss_settings=TimestampDSSContentSettings(include_vri=False, update_before_ts=True),
        embed_roots=False,
    )


class QuietWriter(IncrementalPdfFileWriter):
    """An incremental writer that leaves document information and XMP alone.

    pyHanko rewrites both at every save (Producer, ModifyDate, namespace prefixes), which would change metadata after
    signing and cost 6 KB a file (signing.md, finding 9).
    """

    def _update_meta(self) -> None:
        """Nothing."""


class KeySigner(signers.Signer):
    """Our key holder as pyHanko asks for it."""

    def __init__(self, key: SealKey) -> None:
        chain_store = SimpleCertificateStore.from_certs(parsed.certificate(der) for der in key.chain)
        super().__init__(signing_cert=parsed.certificate(key.certificate), cert_registry=chain_store, embed_roots=False)
        self._key = key
        self._sample_length = parsed.certificate(key.certificate).public_key.byte_size

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The raw signature; in a dry run only its size matters (ECDSA: two numbers and their frame)."""
        if dry_run:
            return bytes(2 * self._sample_length + 16)
        if digest_algorithm != self._key.digest:
            raise PyHankoSigningError(f"key signs with {self._key.digest}, not {digest_algorithm}")
        return self._key.sign(data)


def _usable(certificate: x509.Certificate) -> Iterator[str]:
    """One of the accepted key usages that the certificate has: pyHanko wants all it is given, the law one of them."""
    has = set(certificate.key_usage_value.native) if certificate.key_usage_value else set()
    return iter(sorted(has & SIGNER_KEY_USAGE, reverse=True)[:1])


def open_writer(handle: IO[bytes]) -> QuietWriter:
    """A writer over the file; raises SourceEncrypted, SourceDamaged, SourceLocked."""
    with _refusing():
        writer = QuietWriter(handle)
        if writer.prev.encrypted:
            raise SourceEncrypted
        if writer.prev.xrefs.hybrid_xrefs_present:
            raise SourceDamaged
        certified = read_certification_data(writer.prev)
        if certified is not None and certified.permission is not None and certified.permission.value == 1:
            raise SourceLocked
        return writer


@contextmanager
def _refusing() -> Iterator[None]:
    """Whatever a hostile or broken file makes the parser throw is one answer: this file cannot be sealed."""
    try:
        yield
    except SigningError:
        raise
    except HOSTILE as error:
        raise SourceDamaged from error


def _free_name(writer: IncrementalPdfFileWriter, wanted: str) -> str:
    taken = {name for name, _, _ in enumerate_sig_fields(writer.prev)}
    count = 1
    name = wanted
    while name in taken:
        count += 1
        name = f"{wanted}{count}"
    return name


def flush(handle: IO[bytes]) -> None:
    """Everything written is on the disk."""
    handle.flush()
    os.fsync(handle.fileno())
