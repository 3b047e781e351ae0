"""Adding a revision to a PDF: what may be written to, and what a revision of ours looks like.

Invariants: earlier bytes stay as they are, metadata is never rewritten, everything goes through file handles.
"""

# mypy: allow-untyped-calls
# (pyHanko is typed in parts)
from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import new as new_hash
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings
from pyhanko.sign.general import SigningError as PyHankoSigningError
from pyhanko.sign.signers.pdf_byterange import PdfByteRangeDigest, PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper, TimestampDSSContentSettings
from pyhanko.sign.validation import DocumentSecurityStore, read_certification_data
from pyhanko_certvalidator import ValidationContext

from signing.embedded import HOSTILE
from signing.errors import SigningError, SourceDamaged, SourceEncrypted, SourceLocked, TokenTooLarge
from signing.reading import Reader
from signing.sweep import Begun
from signing.timestamps import Client

INVISIBLE = InvisSigSettings(set_print_flag=True, set_hidden_flag=False)
"""Print flag set, hidden flag not: what PDF/A-2 demands of every annotation (ISO 19005-2, 6.3.2)."""
_BLOCK = 1 << 18


class QuietWriter(IncrementalPdfFileWriter):
    """An incremental writer that leaves document information and XMP alone.

    pyHanko rewrites both at every save (Producer, ModifyDate, namespace prefixes), which would change metadata after
    signing and cost 6 KB a file (signing.md, finding 9).
    """

    def __init__(self, handle: IO[bytes], begun: Begun | None = None) -> None:
        """Over a reader that leaves large streams in the file, which begins with what `begun` is of."""
        super().__init__(handle, Reader(handle))
        self._begun = begun

    def add_object(self, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """As pyHanko does; a signature or time-stamp will be written and digested by `_fill`."""
        if isinstance(obj, PdfByteRangeDigest):
            obj.fill = partial(self._fill, obj)  # type: ignore[method-assign]
        return super().add_object(obj, *args, **kwargs)

    def _fill(self, signed: PdfByteRangeDigest, _writer: object, algorithm: str, **_: Any) -> Generator[Any, Any, None]:
        """As pyHanko's `fill`, in place; but what is known to begin the file is not read and digested again."""
        self.digest_aware_write = True
        stream = self.prev.stream
        self.write_in_place()
        end_of_file = stream.tell()
        first, second = signed.contents.offsets
        signed.byte_range.fill_offsets(stream, first, second, end_of_file)
        known = self._begun if self._begun is not None and algorithm == "sha256" and self._begun.size <= first else None
        running = known.running.copy() if known else new_hash(algorithm)
        for start, end in ((known.size if known else 0, first), (second, end_of_file)):
            for block in _blocks(stream, start, end):
                running.update(block)
        hole = PreparedByteRangeDigest(running.digest(), first, second)
        token = yield hole, stream
        yield hole.fill_with_cms(stream, token)

    def _update_meta(self) -> None:
        """Nothing."""


def _blocks(stream: IO[bytes], start: int, end: int) -> Iterator[memoryview]:
    """The bytes from `start` to before `end`, in pieces of memory that is used again."""
    memory = memoryview(bytearray(_BLOCK))
    stream.seek(start)
    while start < end and (read := stream.readinto(memory[: end - start])):  # type: ignore[attr-defined]
        yield memory[:read]
        start += read


def copied(source: Path, out: Path) -> Begun:
    """Copy a file; what it is goes with it, so that signing need not read it once more. Raises OSError."""
    running, size = sha256(), source.stat().st_size
    with source.open("rb") as handle, out.open("wb") as copy:
        for block in _blocks(handle, 0, size):
            running.update(block)
            copy.write(block)
        return Begun(running, copy.tell())


def open_writer(handle: IO[bytes], begun: Begun | None = None) -> QuietWriter:
    """A writer over the file, which begins with what `begun` is of; raises SourceEncrypted, SourceDamaged, SourceLocked."""
    with refusing():
        writer = QuietWriter(handle, begun)
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


async def archive(
    handle: IO[bytes], stamper: Client, context: ValidationContext, digest: str, begun: Begun | None = None
) -> None:
    """The document time-stamp of B-LTA, over everything before it, with the evidence for the time-stamps already there."""
    await PdfTimeStamper(stamper, invis_settings=INVISIBLE).async_timestamp_pdf(
        QuietWriter(handle, begun),
        digest,
        context,
        bytes_reserved=2 * stamper.room_bytes,
        in_place=True,
        dss_settings=TimestampDSSContentSettings(include_vri=False, update_before_ts=True),
        embed_roots=False,
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
