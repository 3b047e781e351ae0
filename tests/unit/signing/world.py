"""A small real world to sign in: authorities, good and bad certificates, revocation lists, PDFs, and a forger's hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.timestamps import TimeStamper

from signing import timestamps
from signing.keys import Pkcs12Key, SealKey
from signing.seal import KeySigner
from signing.timestamps import LocalTimestamper
from signing.trust import TrustStore

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
PASSPHRASE = b"test"
_KEYS: dict[str, rsa.RSAPrivateKey] = {}


def key_named(name: str) -> rsa.RSAPrivateKey:
    """A key made once for the whole run (making one costs more than a signature)."""
    if name not in _KEYS:
        _KEYS[name] = rsa.generate_private_key(65537, 2048)
    return _KEYS[name]


@dataclass(frozen=True)
class Authority:
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    def crl(self, revoked: dict[int, datetime] | None = None, start: datetime | None = None, days: int = 30) -> bytes:
        begin = start or NOW - DAY
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(begin)
            .next_update(begin + days * DAY)
            .add_extension(x509.CRLNumber(1), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        for serial, when in (revoked or {}).items():
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(when).build()
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)


def authority(name: str, issuer: Authority | None = None) -> Authority:
    key = key_named(f"authority {name}")
    certificate = (
        _builder(name, key, issuer, NOW - 3650 * DAY, NOW + 3650 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .sign(issuer.key if issuer else key, hashes.SHA256())
    )
    return Authority(certificate, key)


def issue(
    folder: Path,
    issuer: Authority,
    name: str,
    start: datetime = NOW - 100 * DAY,
    end: datetime = NOW + 100 * DAY,
    purpose: str = "sign",
    responder: str = "",
) -> Pkcs12Key:
    """A signing key with its certificate; `purpose` is sign, stamp, or encrypt (a usage that must not sign)."""
    key = key_named(f"leaf {name}")
    builder = (
        _builder(name, key, issuer, start, end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False, sign=purpose != "encrypt"), critical=True)
    )
    if responder:
        where = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(responder))
        builder = builder.add_extension(x509.AuthorityInformationAccess([where]), critical=False)
    if purpose == "stamp":
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    certificate = builder.sign(issuer.key, hashes.SHA256())
    path = folder / f"{name}.p12"
    sealed = pkcs12.serialize_key_and_certificates(
        b"k", key, certificate, [issuer.certificate], BestAvailableEncryption(PASSPHRASE)
    )
    path.write_bytes(sealed)
    return Pkcs12Key(path, PASSPHRASE)


def serial_of(key: SealKey) -> int:
    return x509.load_der_x509_certificate(key.certificate).serial_number


def _builder(
    name: str, key: rsa.RSAPrivateKey, issuer: Authority | None, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer = (issuer.key if issuer else key).public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False)
    )


def _usage(*, authority: bool, sign: bool = True) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority and sign,
        content_commitment=not authority and sign,
        key_encipherment=not sign,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


@dataclass(frozen=True)
class World:
    """Root → issuing authority, a clerk, a time-stamper, and the trust store that knows them."""

    folder: Path
    root: Authority
    issuing: Authority
    clerk: Pkcs12Key
    stamper: LocalTimestamper
    trust: TrustStore

    def trusting(self, *crls: bytes) -> TrustStore:
        """The same roots with other revocation lists."""
        return TrustStore(self.trust.roots, self.trust.intermediates, crls)

    def key(self, name: str, **how: object) -> Pkcs12Key:
        return issue(self.folder, self.issuing, name, **how)  # type: ignore[arg-type]


def make_world(folder: Path) -> World:
    folder.mkdir(exist_ok=True)
    root = authority("Test Root")
    issuing = authority("Test Issuing", root)
    stamper = LocalTimestamper(issue(folder, issuing, "TSA", NOW - 3000 * DAY, NOW + 3000 * DAY, "stamp"))
    trust = TrustStore(
        (root.certificate.public_bytes(Encoding.DER),),
        (issuing.certificate.public_bytes(Encoding.DER),),
        (root.crl(), issuing.crl()),
    )
    return World(folder, root, issuing, issue(folder, issuing, "Nguyễn Văn Thử"), stamper, trust)


def paint(path: Path, text: str = "SO 12", pages: int = 1, **save: object) -> Path:
    """A small PDF with a page that shows something, metadata and document information."""
    with pikepdf.new() as pdf:
        for number in range(pages):
            pdf.add_blank_page(page_size=(200, 200))
            pdf.pages[number].contents_add(f"BT /F1 18 Tf 20 100 Td ({text} {number}) Tj ET".encode())
            pdf.pages[number].Resources = pikepdf.Dictionary(
                Font=pikepdf.Dictionary(
                    F1=pdf.make_indirect(
                        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
                    )
                )
            )
        with pdf.open_metadata() as meta:
            meta["dc:title"] = "Giấy tờ"
        pdf.docinfo["/Title"] = "Giấy tờ"
        pdf.save(path, **save)  # type: ignore[arg-type]
    return path


def sign_unchecked(
    source: Path,
    out: Path,
    key: SealKey,
    stamper: LocalTimestamper | None = None,
    subfilter: SigSeedSubFilter = SigSeedSubFilter.PADES,
    field: str = "Sig",
    **meta: object,
) -> Path:
    """Sign as a careless tool would: no certificate check, no evidence."""
    client: TimeStamper | None = timestamps.client(stamper) if stamper else None
    with source.open("rb") as handle:
        writer = IncrementalPdfFileWriter(handle)
        signer = PdfSigner(
            PdfSignatureMetadata(field_name=field, md_algorithm="sha256", subfilter=subfilter, **meta),  # type: ignore[arg-type]
            KeySigner(key),
            timestamper=client,
        )
        result = signer.sign_pdf(writer)
    out.write_bytes(result.getvalue())
    return out


def forge(source: Path, out: Path, change: Callable[[IncrementalPdfFileWriter], None], *, quiet: bool = True) -> Path:
    """An incremental update with whatever `change` does; `quiet` leaves the metadata alone."""
    with source.open("rb") as handle:
        writer = IncrementalPdfFileWriter(handle, strict=False)
        if quiet:
            writer._update_meta = lambda: None
        change(writer)
        result = BytesIO()
        writer.write(result)
    out.write_bytes(result.getvalue())
    return out


def first_page(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    return writer.find_page_for_modification(0)[0].get_object()


def signer_class() -> type[signers.Signer]:
    return KeySigner
