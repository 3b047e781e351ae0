"""The reference of `make bench-signing`: stock pyHanko in a process of its own, nothing of ours loaded.

Prints the least CPU milliseconds of a B-B signature with a cached RSA-2048 key over a file given.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from asn1crypto import keys
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore


def signer() -> signers.SimpleSigner:
    """A key of the moment with a certificate of its own."""
    key, now = rsa.generate_private_key(65537, 2048), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Người Ký Thử Nghiệm")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return signers.SimpleSigner(
        asn1.Certificate.load(certificate), keys.PrivateKeyInfo.load(private), cert_registry=SimpleCertificateStore()
    )


def main() -> None:
    """Sign as often as asked."""
    source, count, maker = Path(sys.argv[1]), int(sys.argv[2]), signer()
    meta = signers.PdfSignatureMetadata(field_name="Bare", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES)
    runs = []
    for _ in range(count + 1):
        before = time.process_time()
        with source.open("rb") as handle:
            signers.PdfSigner(meta, maker).sign_pdf(IncrementalPdfFileWriter(handle), output=BytesIO())
        runs.append(time.process_time() - before)
    print(1000 * min(runs[1:]))


if __name__ == "__main__":
    main()
