"""Adding a revision to a PDF: what may be written to, and what a revision of ours looks like.

Invariants: earlier bytes stay as they are, metadata is never rewritten, everything goes through file handles.
"""

# mypy: allow-untyped-calls
# (pyHanko is typed in parts)
from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings
from pyhanko.sign.general import SigningError as PyHankoSigningError
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper, TimestampDSSContentSettings
from pyhanko.sign.validation import DocumentSecurityStore, read_certification_data
from pyhanko_certvalidator import ValidationContext

from signing.embedded import HOSTILE
from signing.errors import SigningError, SourceDamaged, SourceEncrypted, SourceLocked, TokenTooLarge
from signing.reading import Reader
from signing.timestamps import Client

INVISIBLE = InvisSigSettings(set_print_flag=True, set_hidden_flag=False)
"""Print flag set, hidden flag not: what PDF/A-2 demands of every annotation (ISO 19005-2, 6.3.2)."""
CHUNK_BYTES = 1 << 20
"""The file is digested in pieces of this size; pyHanko's own are of 4 KB and take as long as the digest itself."""


class QuietWriter(IncrementalPdfFileWriter):
    """An incremental writer that leaves document information and XMP alone.

    pyHanko rewrites both at every save (Producer, ModifyDate, namespace prefixes), which would change metadata after
    signing and cost 6 KB a file (signing.md, finding 9).
    """

    def __init__(self, handle: IO[bytes]) -> None:
        """Over a reader that leaves large streams in the file."""
        super().__init__(handle, Reader(handle))

    def _update_meta(self) -> None:
        """Nothing."""


def open_writer(handle: IO[bytes]) -> QuietWriter:
    """A writer over the file; raises SourceEncrypted, SourceDamaged, SourceLocked."""
    with refusing():
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
def refusing() -> Iterator[None]:
    """Whatever a hostile or broken file makes the parser throw is one answer: this file cannot be sealed."""
    try:
        yield
    except SigningError:
        raise
    except HOSTILE as error:
        raise SourceDamaged from error


@contextmanager
def fitting() -> Iterator[None]:
    """A token larger than the room for it says nothing about the file: TokenTooLarge, and the next try sets more aside."""
    try:
        yield
    except PyHankoSigningError as error:
        if "larger than expected" in str(error):  # pyHanko has no class of its own for it
            raise TokenTooLarge from error
        raise


async def archive(handle: IO[bytes], stamper: Client, context: ValidationContext, digest: str) -> None:
    """The document time-stamp of B-LTA, over everything before it, with the evidence for the time-stamps already there."""
    await PdfTimeStamper(stamper, invis_settings=INVISIBLE).async_timestamp_pdf(
        QuietWriter(handle),
        digest,
        context,
        bytes_reserved=2 * stamper.room_bytes,
        in_place=True,
        dss_settings=TimestampDSSContentSettings(include_vri=False, update_before_ts=True),
        embed_roots=False,
        chunk_size=CHUNK_BYTES,
    )


async def evidence(handle: IO[bytes], stamper: Client, context: ValidationContext) -> None:
    """Validation data of the authority that gave the last token, in a revision of its own; nothing if the file has it."""
    writer = QuietWriter(handle)
    paths = [path async for path in stamper.validation_paths(context)]
    with_it = DocumentSecurityStore.supply_dss_in_writer(writer, None, paths=paths, validation_context=context, embed_roots=False)
    if with_it.modified:
        writer.write_in_place()


def flush(handle: IO[bytes]) -> None:
    """Everything written is on the disk."""
    handle.flush()
    os.fsync(handle.fileno())
