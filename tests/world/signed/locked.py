"""Files that are encrypted, but open without a password: some makers' way to forbid printing."""

from __future__ import annotations

from io import BytesIO

import pikepdf
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner

from signing.seal import KeySigner
from tests.unit.signing.world import World
from tests.world.signed.paper import base


def encrypted(world: World, **save: object) -> bytes:
    """Openable without a password, but encrypted: rights management of a maker."""
    writer = IncrementalPdfFileWriter(BytesIO(_encrypted_base(save)))
    writer.encrypt("")
    metadata = PdfSignatureMetadata(field_name="Sig", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES)
    return bytes(PdfSigner(metadata, KeySigner(world.clerk)).sign_pdf(writer).getvalue())


def _encrypted_base(save: dict[str, object]) -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(base().data)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="owner", user="", **save))  # type: ignore[arg-type]
    return out.getvalue()
