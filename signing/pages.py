"""Do the pages show something else than when they were signed? Compared by content, whatever objects carry it.

Used for foreign files whose later revisions no policy explains: a changed page is proof, a re-written catalogue is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

from signing.embedded import HOSTILE

_INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
_NOT_SHOWN = frozenset(
    {"/Parent", "/Annots", "/StructParents", "/Metadata", "/LastModified", "/PieceInfo", "/Thumb", "/B", "/Tabs"}
)
_MOST_PAGES = 20_000
_MOST_DEPTH = 64
_HIDDEN_FLAGS = 0b10_0010
"""Hidden and NoView of ISO 32000-1, table 165."""


def shows_otherwise(reader: PdfFileReader, signed_revision: int) -> str:
    """What a page shows otherwise than when it was signed; empty when nothing.

    `PAGE_CHANGED`, `PAGES_ADDED_OR_REMOVED`, `ANNOTATION_ADDED` or `ANNOTATION_REMOVED`. Empty
    too when the signed revision itself is beyond comparing: that proves nothing.
    """
    try:
        old = reader.get_historical_resolver(signed_revision)
        before, digests = list(_pages(old)), _Digests(old)
        signed = [(digests.page(one), digests.shown_annotations(one)) for one in before]
    except HOSTILE:
        return ""
    try:
        new = reader.get_historical_resolver(reader.xrefs.total_revisions - 1)
        digests = _Digests(new)
        final = [(digests.page(one), digests.shown_annotations(one)) for one in _pages(new)]
    except HOSTILE:
        return "PAGE_CHANGED"
    if len(signed) != len(final):
        return "PAGES_ADDED_OR_REMOVED"
    pairs = list(zip(signed, final, strict=True))
    if any(one[0] != other[0] for one, other in pairs):
        return "PAGE_CHANGED"
    if any(other[1] - one[1] for one, other in pairs):
        return "ANNOTATION_ADDED"
    return "ANNOTATION_REMOVED" if any(one[1] - other[1] for one, other in pairs) else ""


def _pages(revision: HistoricalResolver) -> Iterator[dict[str, object]]:
    """Each page with what it inherits, in order."""
    root = revision.trailer_view.raw_get("/Root")
    pages = revision(root.reference).raw_get("/Pages")
    waiting: list[tuple[object, dict[str, object]]] = [(pages, {})]
    seen = 0
    while waiting:
        node, inherited = waiting.pop()
        entry = _resolve(revision, node)
        seen += 1
        if not isinstance(entry, generic.DictionaryObject) or seen > _MOST_PAGES:
            raise ValueError("page tree")
        own = inherited | {key: entry.raw_get(key) for key in _INHERITED if key in entry}
        if "/Kids" in entry:
            kids = _resolve(revision, entry.raw_get("/Kids"))
            waiting.extend((kids.raw_get(index), own) for index in reversed(range(len(kids))))
        else:
            yield own | {str(key): entry.raw_get(key) for key in entry}


def _resolve(revision: HistoricalResolver, value: Any) -> Any:
    """The object behind a reference, as it was in that revision."""
    return revision(value.reference) if isinstance(value, generic.IndirectObject) else value


class _Digests:
    """Digests of everything reachable, each object once; references do not count, contents do."""

    def __init__(self, revision: HistoricalResolver) -> None:
        self._revision = revision
        self._known: dict[object, bytes] = {}

    def page(self, page: dict[str, object]) -> bytes:
        """Digest of what a page shows, without annotations."""
        parts = [key.encode() + self._of(page[key], 0) for key in sorted(page) if key not in _NOT_SHOWN]
        return sha256(b"\n".join(parts)).digest()

    def shown_annotations(self, page: dict[str, object]) -> set[bytes]:
        """Digests of the annotations that can be seen, signature fields without a visible box left out."""
        array = _resolve(self._revision, page.get("/Annots", generic.ArrayObject()))
        shown = set()
        for index in range(len(array)):
            annotation = _resolve(self._revision, array.raw_get(index))
            if not isinstance(annotation, generic.DictionaryObject) or self._unseen(annotation):
                continue
            keys = [key for key in ("/Subtype", "/Rect", "/AP") if key in annotation]
            parts = [key.encode() + self._of(annotation.raw_get(key), 0) for key in keys]
            shown.add(sha256(b"\n".join(parts)).digest())
        return shown

    def _unseen(self, annotation: generic.DictionaryObject) -> bool:
        if int(annotation.get("/F", 0)) & _HIDDEN_FLAGS or self._field_type(annotation) == "/Sig":
            return True
        box = [float(one) for one in annotation.get("/Rect", ())]
        return len(box) == 4 and (box[0] == box[2] or box[1] == box[3])

    def _field_type(self, widget: generic.DictionaryObject) -> object:
        """The type of a field, which may stand on the parent of its widget."""
        for _ in range(_MOST_DEPTH):
            if "/FT" in widget or "/Parent" not in widget:
                break
            widget = _resolve(self._revision, widget.raw_get("/Parent"))
        return widget.get("/FT")

    def _of(self, value: Any, depth: int) -> bytes:
        if depth > _MOST_DEPTH:
            raise ValueError("nesting")
        if isinstance(value, generic.IndirectObject):
            key = (value.idnum, value.generation)
            if key not in self._known:
                self._known[key] = b"cycle"
                self._known[key] = self._of(self._revision(value.reference), depth + 1)
            return self._known[key]
        if isinstance(value, generic.DictionaryObject):
            parts = [str(key).encode() + self._of(value.raw_get(key), depth + 1) for key in sorted(value) if key != "/Parent"]
            if isinstance(value, generic.StreamObject):
                parts.append(value.encoded_data)
            return sha256(b"d" + b"\n".join(parts)).digest()
        if isinstance(value, generic.ArrayObject):
            return sha256(b"a" + b"\n".join(self._of(value.raw_get(at), depth + 1) for at in range(len(value)))).digest()
        return sha256(repr(value).encode()).digest()
