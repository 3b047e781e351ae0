"""A finished PDF is sealed: PAdES baseline signatures, added incrementally, verified by ourselves before anyone sees them.

Invariants: every byte of the source is kept; the certificate is checked before signing; a level is reached or an error is
raised, never a lower level; the result exists only after our own `verify` passed it. Works through file handles, so a large
scan costs no memory. Does not know in what legal procedure the seal stands.
"""

# mypy: allow-untyped-calls
# (pyHanko is typed in parts)
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from asn1crypto import algos, cms, x509
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError as PyHankoSigningError
from pyhanko.sign.signers.pdf_byterange import BuildProps
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    PdfSignatureMetadata,
    PdfSigner,
    PdfSigningSession,
    SigDSSPlacementPreference,
)
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signing import chain, named, parsed, timestamps, verify
from signing.embedded import MAKER
from signing.errors import (
    FileNotWritten,
    RoleRefused,
    SealRejected,
    SourceDamaged,
    TimestampUnavailable,
    TokenTooLarge,
    refused_certificate,
)
from signing.fields import Field, prepare
from signing.keys import SealKey
from signing.loop import complete
from signing.model import FileVerdict, Indication, Level, Role, Seal, SealRequest, Severity, SignatureVerdict
from signing.report import VIETNAM
from signing.roles import role_of, signer_name
from signing.sweep import Begun
from signing.timestamps import Client, Timestamper
from signing.trust import SIGNER_KEY_USAGE, Evidence, TrustStore
from signing.writing import QuietWriter, copied, fitting
from signing.writing import archive as archive  # noqa: PLC0414 - offered here
from signing.writing import flush as flush  # noqa: PLC0414 - offered here
from signing.writing import open_writer as open_writer  # noqa: PLC0414 - offered here

_SIZES: dict[tuple[bytes, str], int] = {}
"""Bytes of a signature without time-stamp, by certificate and digest."""
_FRAME_BYTES = 64
"""What stands around a token in a signature."""
_LONG_TERM = frozenset({Level.B_LT, Level.B_LTA})


def seal(source: Path, out: Path, request: SealRequest, key: SealKey, trust: TrustStore, timestamper: Timestamper | None) -> Seal:
    """Sign `source` with `key` into `out` at `request.level`, and return the facts of the signature.

    `out` may be the same path as `source`; it appears whole and verified, or not at all. An empty field called
    `request.field_name` is filled; when that name is signed already (an earlier signature of the same kind), a number is added.

    Raises:
        CertificateRefused: the signer's or the time-stamper's certificate does not hold now.
        RoleRefused: the key stands for another role than the one asked for.
        SourceEncrypted: the source has a password.
        SourceDamaged: the source is no PDF, damaged, or has hybrid references.
        SourceLocked: an earlier certification forbids further signatures.
        AlreadySigned: a certification is asked for and the file has a signature.
        MarkFontMissing, GlyphMissing, MarkUnusable, NoRoomForMark: the visible mark cannot be made; nothing was signed.
        TimestampUnavailable: the level needs a time-stamp and none was to be had.
        FileNotWritten: the source cannot be read, or the disk is full.
        SealRejected: our own verification did not pass the result.
    """
    job = Job(request, key, trust, timestamper)
    job.check_key()
    fresh = out.with_name(f".{out.name}.{uuid4().hex}.sealing")
    try:
        field = _signed(job, source, fresh)
        verdict = verify.verify(fresh, trust, name=out.name)
        ours = accepted(verdict, field.name)
        fresh.replace(out)
    except OSError as error:
        raise FileNotWritten from error
    finally:
        fresh.unlink(missing_ok=True)
    return job.facts(ours, field)


def _signed(job: Job, source: Path, fresh: Path) -> Field:
    """A signed copy. Once more from the start when another time-stamp authority answered than the file was laid out for."""
    for last in (False, True):
        begun = copied(source, fresh)
        try:
            field = complete(job.sign(fresh, begun))
        except TokenTooLarge:
            if last:
                raise
            continue
        if not (job.request.level in _LONG_TERM and job.stamper and job.stamper.changed_hands):
            return field
    raise TimestampUnavailable  # the authorities take turns: evidence for one, a token from the next


def accepted(verdict: FileVerdict, field_name: str) -> SignatureVerdict:
    """Our signature out of the verdict; refused unless it passed, and the document with it."""
    ours = next((one for one in verdict.signatures if one.field_name == field_name), None)
    if ours is None:
        raise SealRejected(reason=verdict.sub_indication or "FORMAT_FAILURE")
    if ours.sub_indication == "TRY_LATER":
        # The time-stamp came from another authority than was looked after before: its revocation data is at hand next time.
        raise refused_certificate("TSA", ours.sub_indication)
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
    def stamper(self) -> Client | None:
        """The time-stamp client, if the level has time-stamps."""
        return timestamps.client(self.timestamper) if self.timestamper and self.request.level is not Level.B_B else None

    def pdf_signer(self, writer: QuietWriter) -> Signer:
        """The pyHanko signer for this job, fields and marks made in `writer`.

        Shared by signing at once and by signing in two phases (`signing.two_phase`).
        """
        return Signer(self, writer)

    async def sign(self, path: Path, begun: Begun | None = None) -> Field:
        """Add the signature to the file in place, which begins with what `begun` is of; returns the field it stands in."""
        level, stamper = self.request.level, self.stamper
        try:
            with fitting(), path.open("r+b") as handle:
                writer = open_writer(handle, begun)
                signer = self.pdf_signer(writer)
                await signer.async_sign_pdf(writer, in_place=True, bytes_reserved=await signer.room())
                if level is Level.B_LTA and stamper is not None:
                    await archive(handle, stamper, self.trust.context(extra=self.evidence), self.key.digest, begun)
                flush(handle)
        except (PathError, ValidationError) as error:
            # Stale revocation data waits for newer; anything else about its chain is refused.
            raise refused_certificate("TSA", chain.meaning(error)) from error
        except PyHankoSigningError as error:
            raise SourceDamaged from error
        return signer.field

    def metadata(self, field_name: str) -> PdfSignatureMetadata:
        """What pyHanko is told about the signature."""
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
            certify=self.request.certify,
            docmdp_permissions=MDPPerm.FILL_FORMS,
            app_build_props=BuildProps(name=MAKER),
            subfilter=SigSeedSubFilter.PADES,
            embed_validation_info=long_term,
            validation_context=self.trust.context(extra=self.evidence),
            signer_key_usage=set(_usable(self.certificate)),
            dss_settings=DSSContentSettings(include_vri=False, placement=here if long_term else later),
        )

    def facts(self, ours: SignatureVerdict, field: Field | None = None) -> Seal:
        """What is told about the finished signature, and about its mark if `field` says it."""
        return Seal(
            kind=self.request.kind,
            role=self.request.role,
            level=self.request.level,
            signer=self.key.name,
            certificate_sha256=self.certificate.sha256.hex(),
            signed_at=(ours.signing_time or datetime.now(UTC)).astimezone(UTC),
            time_stamped=ours.time_source == "timestamp",
            field_name=ours.field_name,
            place=field.place if field else None,
            mark_left_out=field.mark_left_out if field else False,
        )


class Signer(PdfSigner):
    """pyHanko's signer with the field, the mark and the time of one job: mark and signature dictionary tell the same time."""

    def __init__(self, job: Job, writer: QuietWriter) -> None:
        self._job = job
        self.moment = datetime.now(VIETNAM).replace(microsecond=0)
        self.field = prepare(writer, job.request, self.moment)
        super().__init__(
            job.metadata(self.field.name),
            KeySigner(job.key),
            timestamper=job.stamper,
            stamp_style=self.field.style,  # type: ignore[arg-type]  # pyHanko only calls its `create_stamp`
            new_field_spec=self.field.spec,
        )

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        """A session dated with the time in the mark."""
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.moment
        return session

    async def room(self) -> int:
        """Hexadecimal digits to set aside for the signature. Asks no authority: a time-stamp gets its share unseen."""
        key, stamper = self._job.key, self._job.stamper
        sort = (key.certificate, key.digest)
        if sort not in _SIZES:
            dry = await self.signer.async_sign(bytes(64), key.digest, dry_run=True, use_pades=True)
            _SIZES[sort] = len(dry.dump())
        return 2 * (_SIZES[sort] + _FRAME_BYTES + (stamper.room_bytes if stamper else 0))


class KeySigner(signers.Signer):
    """Our key holder as pyHanko asks for it."""

    def __init__(self, key: SealKey) -> None:
        chain_store = SimpleCertificateStore.from_certs(parsed.certificate(der) for der in key.chain)
        super().__init__(signing_cert=parsed.certificate(key.certificate), cert_registry=chain_store, embed_roots=False)
        self._key = key
        self._sample_length = parsed.certificate(key.certificate).public_key.byte_size
        self.signed_attr_prov_spec = named.Attributes(key.certificate)

    def signer_info(self, digest_algorithm: str, signed_attrs: cms.CMSAttributes, signature: bytes) -> cms.SignerInfo:
        """As pyHanko makes it, with the signer named by an encoding made before."""
        return cms.SignerInfo(
            {
                "version": "v1",
                "sid": named.signer_id(self._key.certificate),
                "digest_algorithm": algos.DigestAlgorithm({"algorithm": digest_algorithm}),
                "signature_algorithm": self.get_signature_mechanism_for_digest(digest_algorithm),
                "signed_attrs": signed_attrs,
                "signature": signature,
            }
        )

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
