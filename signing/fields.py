"""The field a signature goes into, with its mark; and fields reserved for those who sign later.

After a certification (DocMDP) no field may be added, so the certifier makes the agency's field in the same revision
(signing.md, finding 7). A field of the wanted name that is still empty is filled where it stands.
"""

# mypy: allow-untyped-calls
# (pyHanko is typed in parts)
from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pyhanko.pdf_utils.generic import DictionaryObject, IndirectObject, NameObject
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.sign.fields import SigFieldSpec, append_signature_field, enumerate_sig_fields

from ingest.late import Late
from signing.embedded import attempt
from signing.errors import AlreadySigned, MarkUnusable, NoRoomForMark
from signing.marks import appearance, forms, layout
from signing.marks.typeface import Typeface
from signing.model import Mark, Place, SealRequest
from signing.report import VIETNAM
from signing.writing import INVISIBLE, QuietWriter, refusing

if TYPE_CHECKING:
    from signing.marks.place import find
else:
    find = Late("signing.marks.place", "find")

_MOST_PARENTS = 64
_WRITTEN = "%d/%m/%Y %H:%M:%S"


@dataclass(frozen=True)
class Field:
    """What is ready in the file for the signature to come."""

    name: str
    spec: SigFieldSpec
    """For pyHanko; without meaning where the field is there already."""
    style: Style
    place: Place | None
    mark_left_out: bool


def written_time(moment: datetime) -> str:
    """The time as marks tell it: `dd/mm/yyyy HH:MM:SS +07:00` (Decree 30/2020, Appendix I: with the zone of ISO 8601)."""
    return f"{moment.astimezone(VIETNAM):{_WRITTEN}} +07:00"


def located(writer: QuietWriter, request: SealRequest) -> SealRequest:
    """The request with a place for each mark that needs one: its own, and those of the fields it reserves.

    Raises:
        NoRoomForMark: a page has no empty place for a mark that must be there.
    """
    marks = [request.mark, *(one.mark for one in request.reserve)]
    open_ones = [mark for mark in marks if mark is not None and mark.place is None]
    if not open_ones or _empty_field(writer, request.field_name) is not None:
        return request
    found = iter(find(writer.prev.stream, open_ones))
    own, *reserved = (_settled(mark, found) if mark is not None and mark.place is None else mark for mark in marks)
    fields = tuple(replace(one, mark=mark) for one, mark in zip(request.reserve, reserved, strict=True))
    return replace(request, mark=own, reserve=fields)


def _settled(mark: Mark, found: Any) -> Mark:
    where = next(found)
    if where is None and mark.required:
        raise NoRoomForMark
    return replace(mark, place=where)


def prepare(writer: QuietWriter, request: SealRequest, moment: datetime) -> Field:
    """Make the reserved fields, and say what the signature's own field is; `moment` is told in its mark.

    Raises:
        AlreadySigned: a certification is asked for and somebody has signed.
        MarkUnusable: an image, page or reserved field does not serve.
        MarkFontMissing, GlyphMissing: the text cannot be set.
        NoRoomForMark: see `located`.
        SourceDamaged: the file's form cannot be read.
    """
    with refusing():
        if request.certify and any(value is not None for _, value, _ in enumerate_sig_fields(writer.prev)):
            raise AlreadySigned
        fonts = _Fonts(writer)
        ready = _filling(writer, request, moment, fonts) or _making(writer, request, moment, fonts)
        for reserved in request.reserve:
            _reserve(writer, reserved.field_name, reserved.mark, fonts)
        return ready


def _making(writer: QuietWriter, request: SealRequest, moment: datetime, fonts: _Fonts) -> Field:
    """A field of its own."""
    placed = located(writer, request)
    name, mark = _free_name(writer, request.field_name), placed.mark
    # The reserved marks were given places in the same search; they are kept for `_reserve`.
    fonts.places = {one.field_name: one.mark.place for one in placed.reserve if one.mark is not None}
    if mark is None or mark.place is None:
        spec = SigFieldSpec(name, invis_sig_settings=INVISIBLE)
        return Field(name, spec, Style(None, fonts), None, mark_left_out=mark is not None)
    where = mark.place
    spec = SigFieldSpec(name, on_page=where.page, box=where.box)  # type: ignore[arg-type]  # pyHanko takes fractions too
    return Field(name, spec, Style(_Drawing(mark, where, moment), fonts), where, mark_left_out=False)


def _filling(writer: QuietWriter, request: SealRequest, moment: datetime, fonts: _Fonts) -> Field | None:
    """The empty field of that name, if there is one; the mark goes where the field stands."""
    field = _empty_field(writer, request.field_name)
    if field is None:
        return None
    where = _stands(writer, field)
    spec = SigFieldSpec(request.field_name, invis_sig_settings=INVISIBLE)
    if request.mark is None or where is None:
        if request.mark is not None and request.mark.required:
            raise MarkUnusable(why="ô chữ ký / signature field")
        return Field(request.field_name, spec, Style(None, fonts), None, mark_left_out=request.mark is not None)
    return Field(request.field_name, spec, Style(_Drawing(request.mark, where, moment), fonts), where, mark_left_out=False)


def _reserve(writer: QuietWriter, name: str, mark: Mark | None, fonts: _Fonts) -> None:
    where = None if mark is None else mark.place or fonts.places.get(name)
    if mark is None or where is None:
        append_signature_field(writer, SigFieldSpec(name, invis_sig_settings=INVISIBLE))
        return
    spec = SigFieldSpec(name, on_page=where.page, box=where.box)  # type: ignore[arg-type]
    append_signature_field(writer, spec)
    _, _, reference = next(enumerate_sig_fields(writer, with_name=name))
    widget = reference.get_object()
    turn_deg = _turn(widget["/P"])  # as who fills the field will see it
    font = fonts.of(forms.face_of(mark)) if mark.lines else None
    appearance.reserve(widget["/AP"]["/N"], _upright(where.box, turn_deg), font, turn_deg)


def _free_name(writer: QuietWriter, wanted: str) -> str:
    taken = {name for name, _, _ in enumerate_sig_fields(writer.prev)}
    count = 1
    name = wanted
    while name in taken:
        count += 1
        name = f"{wanted}{count}"
    return name


def _empty_field(writer: QuietWriter, name: str) -> Any:
    """The signature field of that name without a signature, or None."""
    found = enumerate_sig_fields(writer.prev, filled_status=False, with_name=name)
    return next((reference.get_object() for _, _, reference in found), None)


def _stands(writer: QuietWriter, field: Any) -> Place | None:
    """Where a field stands; None when it has no visible box."""
    widget = field["/Kids"][0] if "/Kids" in field else field
    x0, y0, x1, y1 = (float(one) for one in widget["/Rect"])
    if x0 == x1 or y0 == y1:
        return None
    page = widget.raw_get("/P")
    number = next(index for index in range(_pages(writer)) if _same(writer.prev.find_page_for_modification(index)[0], page))
    return Place(number, (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)), _turn(page.get_object()))


def _pages(writer: QuietWriter) -> int:
    return int(writer.prev.root["/Pages"]["/Count"])


def _same(one: Any, other: Any) -> bool:
    return isinstance(other, IndirectObject) and (one.idnum, one.generation) == (other.idnum, other.generation)


def _turn(page: Any) -> int:
    """How a page is turned when shown; inherited (ISO 32000-1 §7.7.3.4)."""
    for _ in range(_MOST_PARENTS):
        if "/Rotate" in page:
            return int(page["/Rotate"]) % 360
        if "/Parent" not in page:
            break
        page = page["/Parent"]
    return 0


class _Fonts:
    """The typefaces of one revision, each embedded once, or found in an earlier revision."""

    def __init__(self, writer: QuietWriter) -> None:
        self._writer = writer
        self._known: dict[str, IndirectObject] = {}
        self.places: dict[str, Place | None] = {}
        """Places found for reserved fields."""

    def of(self, face: Typeface) -> IndirectObject:
        """The font object."""
        if face.name not in self._known:
            found = self._earlier(face)
            self._known[face.name] = appearance.font(self._writer, face) if found is None else found
        return self._known[face.name]

    def _earlier(self, face: Typeface) -> IndirectObject | None:
        for _, _, reference in enumerate_sig_fields(self._writer.prev):
            found = attempt(lambda field=reference: self._font_of(field.get_object(), face))  # type: ignore[misc]
            if found is not None:
                return found
        return None

    def _font_of(self, field: Any, face: Typeface) -> IndirectObject | None:
        widget = field["/Kids"][0] if "/Kids" in field else field
        found = widget["/AP"]["/N"]["/Resources"]["/Font"].raw_get("/F0")
        if not isinstance(found, IndirectObject) or not appearance.is_our_font(found.get_object(), face):
            return None
        return IndirectObject(found.idnum, found.generation, self._writer)


@dataclass(frozen=True)
class _Drawing:
    """A mark to be drawn at a place."""

    mark: Mark
    where: Place
    moment: datetime


class Style:
    """What pyHanko asks for the appearance of a signature: ours, or none (never its own, which breaks PDF/A)."""

    def __init__(self, drawing: _Drawing | None, fonts: _Fonts) -> None:
        self._drawing, self._fonts = drawing, fonts
        self._appearance: IndirectObject | None = None
        if drawing is not None:
            # Drawn now, so that what cannot be drawn is known before anything is signed.
            self._shape, self._face = _fitted(drawing)

    def create_stamp(self, writer: QuietWriter, box: BoxConstraints, text_params: dict[str, str]) -> Style | None:  # noqa: ARG002
        """The appearance in `writer`, or None to leave the field as it is."""
        if self._drawing is None:
            return None
        mark, where = self._drawing.mark, self._drawing.where
        # No typeface for an image alone: an object that nothing uses is an unexplained change to the earlier signatures.
        font = self._fonts.of(self._face) if self._shape.lines else None
        self._appearance = appearance.form(writer, mark, self._shape, self._face, font, where.turn_deg)
        return self

    def apply_appearance(self, widget: DictionaryObject) -> None:
        """Put the appearance into the field's widget."""
        widget[NameObject("/AP")] = DictionaryObject({NameObject("/N"): self._appearance})


def _fitted(drawing: _Drawing) -> tuple[layout.Shape, Typeface]:
    """The mark in the size of its box: centred images, text from the upper edge."""
    mark = drawing.mark
    width, height = _upright(drawing.where.box, drawing.where.turn_deg)
    face = forms.face_of(mark)
    shape = layout.fitting(forms.shapes_of(mark, face), width, height)
    if shape is None:
        raise MarkUnusable(why="ô chữ ký / signature field")
    return layout.filled(replace(shape, width_pt=width, height_pt=height), written_time(drawing.moment)), face


def _upright(box: tuple[float, float, float, float], turn_deg: int) -> tuple[float, float]:
    """Width and height of a box of the page's own space as whoever reads the turned page sees it."""
    x0, y0, x1, y1 = box
    width, height = abs(x1 - x0), abs(y1 - y0)
    return (width, height) if turn_deg % 180 == 0 else (height, width)
