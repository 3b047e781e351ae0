"""The appearance of a mark as PDF objects: the form XObject of a signature field (ISO 32000-1 §12.5.5).

Conforms to PDF/A-2b: the typeface embedded as a subset with right widths, black said in CalGray (independent of the file's
output intent), only `/N` in the appearance dictionary. The same mark gives the same bytes.
"""

# mypy: allow-untyped-calls
# (pyHanko is typed in parts)
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from ingest.late import Late
from signing.marks.layout import PADDING_PT, Shape
from signing.marks.typeface import Typeface
from signing.model import Mark

if TYPE_CHECKING:
    from signing.marks.image import samples
else:
    samples = Late("signing.marks.image", "samples")

_D65 = (0.9505, 1.0, 1.089)
_TURNS = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}


def form(
    writer: BasePdfFileWriter, mark: Mark, shape: Shape, face: Typeface, font: IndirectObject | None, turn_deg: int
) -> IndirectObject:
    """The appearance of `mark` in the finished `shape`, turned back by `turn_deg`, as a new object of `writer`."""
    resources = DictionaryObject()
    parts = []
    if shape.image_width_pt:
        resources["/XObject"] = DictionaryObject({_name("Im0"): _image(writer, mark, shape)})
        left = (shape.width_pt - shape.image_width_pt) / 2
        bottom = shape.height_pt - PADDING_PT - shape.image_height_pt
        sizes = " ".join(_number(one) for one in (shape.image_width_pt, 0, 0, shape.image_height_pt, left, bottom))
        parts.append(f"q {sizes} cm /Im0 Do Q\n".encode("ascii"))
    if shape.lines and font is not None:
        resources["/Font"] = DictionaryObject({_name("F0"): font})
        resources["/ColorSpace"] = DictionaryObject({_name("CS0"): _black()})
        parts.append(_text(shape, face))
    return writer.add_object(_stream(_form_entries(resources, (shape.width_pt, shape.height_pt), turn_deg), b"".join(parts)))


def reserve(empty: StreamObject, size_pt: tuple[float, float], font: IndirectObject | None, turn_deg: int) -> None:
    """Make the empty appearance of a reserved field what `form` will make of it, but for what is drawn.

    A validator that compares the revisions entry by entry (EU DSS) permits a signature to draw its appearance; a box, matrix or
    filter that comes or changes with it is an undefined change. `size_pt` as the mark stands upright.
    """
    resources = DictionaryObject()
    if font is not None:
        # The typeface is embedded once; who fills the field finds it here.
        resources["/Font"] = DictionaryObject({_name("F0"): font})
        resources["/ColorSpace"] = DictionaryObject({_name("CS0"): _black()})
    empty.update(_form_entries(resources, size_pt, turn_deg))
    empty.compress()


def _form_entries(resources: DictionaryObject, size_pt: tuple[float, float], turn_deg: int) -> dict[NameObject, Any]:
    width, height = size_pt
    entries = {
        _name("Type"): _name("XObject"),
        _name("Subtype"): _name("Form"),
        _name("BBox"): _numbers(0, 0, width, height),
        _name("Resources"): resources,
    }
    if turn_deg % 360:
        entries[_name("Matrix")] = _numbers(*_TURNS[turn_deg % 360], 0, 0)
    return entries


def _text(shape: Shape, face: Typeface) -> bytes:
    rows = [b"/CS0 cs 0 sc BT /F0 " + _number(shape.size_pt).encode("ascii") + b" Tf\n"]
    for line, baseline in zip(shape.lines, shape.baselines_pt, strict=True):
        at = f"1 0 0 1 {_number(PADDING_PT)} {_number(shape.height_pt - baseline)} Tm ".encode("ascii")
        rows.append(at + face.encoded(line) + b" Tj\n")
    return b"".join([*rows, b"ET\n"])


def _image(writer: BasePdfFileWriter, mark: Mark, shape: Shape) -> IndirectObject:
    found = samples(mark.image, shape.image_width_pt)
    entries = _image_entries(found.width_px, found.height_px, "DeviceRGB")
    if found.alpha:
        mask = _stream(_image_entries(found.width_px, found.height_px, "DeviceGray"), found.alpha)
        entries[_name("SMask")] = writer.add_object(mask)
    return writer.add_object(_stream(entries, found.rgb))


def _image_entries(width_px: int, height_px: int, space: str) -> dict[NameObject, Any]:
    return {
        _name("Type"): _name("XObject"),
        _name("Subtype"): _name("Image"),
        _name("Width"): NumberObject(width_px),
        _name("Height"): NumberObject(height_px),
        _name("ColorSpace"): _name(space),
        _name("BitsPerComponent"): NumberObject(8),
    }


def _black() -> ArrayObject:
    return ArrayObject([_name("CalGray"), DictionaryObject({_name("WhitePoint"): _numbers(*_D65)})])


def font(writer: BasePdfFileWriter, face: Typeface) -> IndirectObject:
    """The typeface as a composite font (ISO 32000-1 §9.7), as new objects of `writer`."""
    return writer.add_object(
        DictionaryObject(
            {
                _name("Type"): _name("Font"),
                _name("Subtype"): _name("Type0"),
                _name("BaseFont"): _name(face.name),
                _name("Encoding"): _name("Identity-H"),
                _name("DescendantFonts"): ArrayObject([writer.add_object(_descendant(writer, face))]),
                _name("ToUnicode"): writer.add_object(_stream({}, face.to_unicode())),
            }
        )
    )


def _descendant(writer: BasePdfFileWriter, face: Typeface) -> DictionaryObject:
    program = _stream({_name("Length1"): NumberObject(len(face.program))}, face.program)
    descriptor = DictionaryObject(
        {
            _name("Type"): _name("FontDescriptor"),
            _name("FontName"): _name(face.name),
            _name("Flags"): NumberObject(4 | 2),  # symbolic (its own codes), with serifs
            _name("FontBBox"): _numbers(*face.box),
            _name("ItalicAngle"): NumberObject(0),
            _name("Ascent"): NumberObject(face.ascent),
            _name("Descent"): NumberObject(face.descent),
            _name("CapHeight"): NumberObject(face.cap_height),
            _name("StemV"): NumberObject(80),
            _name("FontFile2"): writer.add_object(program),
        }
    )
    system = {
        _name("Registry"): TextStringObject("Adobe"),
        _name("Ordering"): TextStringObject("Identity"),
        _name("Supplement"): NumberObject(0),
    }
    return DictionaryObject(
        {
            _name("Type"): _name("Font"),
            _name("Subtype"): _name("CIDFontType2"),
            _name("BaseFont"): _name(face.name),
            _name("CIDSystemInfo"): DictionaryObject(system),
            _name("FontDescriptor"): writer.add_object(descriptor),
            _name("CIDToGIDMap"): _name("Identity"),
            _name("DW"): NumberObject(1000),
            _name("W"): ArrayObject([NumberObject(0), ArrayObject(NumberObject(one) for one in face.widths)]),
        }
    )


def is_our_font(candidate: Any, face: Typeface) -> bool:
    """Whether a font object already in the file is byte for byte the one that `font` would write: only then it may be reused."""
    if not isinstance(candidate, DictionaryObject) or candidate.get("/BaseFont") != "/" + face.name:
        return False
    below = candidate["/DescendantFonts"][0]
    widths = [int(one) for one in below["/W"][1]]
    return (
        set(candidate) == {"/Type", "/Subtype", "/BaseFont", "/Encoding", "/DescendantFonts", "/ToUnicode"}
        and candidate["/Encoding"] == "/Identity-H"
        and below["/CIDToGIDMap"] == "/Identity"
        and int(below["/W"][0]) == 0
        and widths == list(face.widths)
        and candidate["/ToUnicode"].data == face.to_unicode()
        and below["/FontDescriptor"]["/FontFile2"].data == face.program
    )


def _stream(entries: dict[NameObject, Any], data: bytes) -> StreamObject:
    stream = StreamObject(entries, stream_data=data)
    stream.compress()
    return stream


def _name(text: str) -> NameObject:
    return NameObject("/" + text)


def _numbers(*values: float) -> ArrayObject:
    return ArrayObject(NumberObject(one) if isinstance(one, int) else FloatObject(_number(one)) for one in values)


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) >= 0.0005 else "0"
