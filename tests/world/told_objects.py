"""PDF objects as plain values, so that two ways of reading can be compared to the last detail."""

from __future__ import annotations

from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from signing.embedded import HOSTILE
from signing.reading import DistantStream

_NUMBERS = 40


def told(value: object) -> object:
    """The object with the type and the container of each of its parts."""
    kind = "StreamObject" if isinstance(value, DistantStream) else type(value).__name__
    if isinstance(value, generic.DictionaryObject):
        entries = [(str(key), type(key), told(dict.__getitem__(value, key))) for key in value]
        data = value.encoded_data if isinstance(value, generic.StreamObject) else None
        return kind, entries, data, value.container_ref
    if isinstance(value, generic.ArrayObject):
        return kind, [told(one) for one in list.__iter__(value)], value.container_ref
    holder = value.container_ref if isinstance(value, generic.PdfObject) else None
    if isinstance(value, generic.IndirectObject):
        return kind, value.idnum, value.generation, isinstance(value.get_pdf_handler(), PdfFileReader), holder
    written = value.original_bytes if isinstance(value, (generic.TextStringObject, generic.ByteStringObject)) else b""
    return kind, "" if isinstance(value, generic.NullObject) else str(value), written, holder


def objects(data: bytes, kind: type[PdfFileReader] = PdfFileReader) -> list[object]:
    """Every object in every revision of the PDF as one kind of reader reads it, or what refused it."""
    try:
        reader = kind(BytesIO(data), strict=False)
        if reader.encrypted:
            reader.decrypt(b"")
        revisions = reader.xrefs.total_revisions
    except HOSTILE as error:
        return [type(error)]
    return [_object(reader, number, revision) for revision in range(revisions) for number in range(_NUMBERS)]


def _object(reader: PdfFileReader, number: int, revision: int) -> object:
    try:
        found = reader.get_object(generic.Reference(number, 0, reader), revision, transparent_decrypt=False)
    except HOSTILE as error:
        return type(error)
    return told(found.raw_object if isinstance(found, generic.DecryptedObjectProxy) else found)
