"""Find a place for the marks of a file, so that nothing on its pages is covered.

The pages are drawn with pdfium, whatever their rotation, origin and crop box. Drawing decodes the images of a scan, so for files
that came from outside this belongs into a child process (`ingest.sandbox`); it changes nothing.
"""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from signing.errors import MarkUnusable, SourceDamaged
from signing.marks.free_space import Sheet, Window
from signing.marks.image import printed_size_pt
from signing.marks.layout import Shape, shapes
from signing.marks.typeface import Typeface, tidy, typeface
from signing.model import Corner, Mark, Place

_MOST_PIXELS = 2_000
"""Longest side of a drawn page: an architect's plan is not drawn point by point."""
_RESHAPED_PT = 60.0
"""How far a mark goes rather than have its lines broken otherwise."""
_STEPS = 1_000_000
"""Raster of the device whose corners are asked for: its pixels are whole numbers."""
_MOST_PAGES = 12
"""Pages that are looked at for one mark."""


def find(source: str | IO[bytes], marks: Sequence[Mark]) -> tuple[Place | None, ...]:
    """A place for each mark in the PDF (a path or an open file), none over another; None where no page has room.

    A mark that has a place already keeps it; a given spot is taken as it is.

    Raises:
        SourceDamaged: pdfium does not take the file.
        MarkUnusable: the page named does not exist, or the image is none.
        MarkFontMissing, GlyphMissing: the text cannot be set.
    """
    with _document(source) as document:
        sheets = _Sheets(document)
        return tuple(mark.place or _place(mark, sheets) for mark in marks)


def placed(path: str, marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """The marks with their places; see `find`."""
    return tuple(replace(mark, place=place) for mark, place in zip(marks, find(path, marks), strict=True))


def shapes_of(mark: Mark, face: Typeface | None = None) -> Iterator[Shape]:
    """The shapes that a mark may take, in its own size first."""
    image = printed_size_pt(mark.image, mark.image_width_pt) if mark.image else (0.0, 0.0)
    for size in _sizes(mark):
        yield from shapes(mark.lines, face or face_of(mark), size, image)


def _sizes(mark: Mark) -> tuple[float, ...]:
    least = min(mark.least_size_pt or mark.size_pt, mark.size_pt)
    return tuple(dict.fromkeys((mark.size_pt, (mark.size_pt + least) / 2, least)))


def face_of(mark: Mark) -> Typeface:
    """The typeface with all that the mark's lines need."""
    return typeface(mark.font, "".join(map(tidy, mark.lines)))


@contextlib.contextmanager
def _document(source: str | IO[bytes]) -> Iterator[pdfium.PdfDocument]:
    try:
        document = pdfium.PdfDocument(Path(source) if isinstance(source, str) else source)
    except (pdfium.PdfiumError, OSError) as error:
        raise SourceDamaged from error
    try:
        yield document
    finally:
        document.close()


@dataclass
class _Page:
    """One page as it is shown."""

    sheet: Sheet
    width_pt: float
    height_pt: float
    turn_deg: int
    origin: tuple[float, float]
    """The lower left corner as shown, in the page's own space."""
    along: tuple[float, float]
    """One point to the right as shown, in the page's own space."""
    up: tuple[float, float]

    def box(self, left_pt: float, bottom_pt: float, width_pt: float, height_pt: float) -> tuple[float, float, float, float]:
        """A rectangle counted from the lower left corner as shown, in the page's own space."""
        ends = [self._own(left_pt, bottom_pt), self._own(left_pt + width_pt, bottom_pt + height_pt)]
        (x0, x1), (y0, y1) = (sorted(values) for values in zip(*ends, strict=True))
        # Adding zero makes a negative zero positive: databases do not keep the difference.
        return round(x0, 2) + 0.0, round(y0, 2) + 0.0, round(x1, 2) + 0.0, round(y1, 2) + 0.0

    def _own(self, x: float, y: float) -> tuple[float, float]:
        return (
            self.origin[0] + x * self.along[0] + y * self.up[0],
            self.origin[1] + x * self.along[1] + y * self.up[1],
        )


class _Sheets:
    """The pages looked at so far."""

    def __init__(self, document: pdfium.PdfDocument) -> None:
        self._document = document
        self._known: dict[int, _Page] = {}

    def __len__(self) -> int:
        return len(self._document)

    def __getitem__(self, index: int) -> _Page:
        if index not in self._known:
            try:
                page = self._document[index]
                self._known[index] = _looked_at(page)
                page.close()
            except (pdfium.PdfiumError, ValueError) as error:
                raise SourceDamaged from error
        return self._known[index]


def _looked_at(page: pdfium.PdfPage) -> _Page:
    width, height = page.get_size()
    scale = min(1.0, _MOST_PIXELS / max(width, height, 1.0))
    drawn = page.render(scale=scale, rev_byteorder=True, may_draw_forms=False).to_numpy()
    pixels = np.ascontiguousarray(drawn[:, :, :3] if drawn.ndim == 3 else np.repeat(drawn[:, :, None], 3, axis=2))
    corners = [_own_space(page, x, y) for x, y in ((0, 0), (1, 0), (0, 1))]
    origin, right, above = corners
    found = _Page(
        Sheet(pixels, scale),
        width,
        height,
        page.get_rotation(),
        origin,
        ((right[0] - origin[0]) / width, (right[1] - origin[1]) / width),
        ((above[0] - origin[0]) / height, (above[1] - origin[1]) / height),
    )
    for left, bottom, right_, top in _annotations(page, found):
        found.sheet.occupy(left, height - top, right_, height - bottom)
    return found


def _own_space(page: pdfium.PdfPage, right: int, up: int) -> tuple[float, float]:
    """A corner of the page as shown (0 or 1 times its width and height), in the page's own space."""
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium_c.FPDF_DeviceToPage(page, 0, 0, _STEPS, _STEPS, 0, right * _STEPS, (1 - up) * _STEPS, x, y)
    return x.value, y.value


def _annotations(page: pdfium.PdfPage, shown: _Page) -> Iterable[tuple[float, float, float, float]]:
    """The boxes of annotations and fields, empty ones too, counted from the lower left corner as shown."""
    for index in range(pdfium_c.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
        rectangle = pdfium_c.FS_RECTF()
        if annotation and pdfium_c.FPDFAnnot_GetRect(annotation, rectangle):
            yield _as_shown(shown, rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
        if annotation:
            pdfium_c.FPDFPage_CloseAnnot(annotation)


def _as_shown(shown: _Page, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
    """The way back of `_Page.box`: the axes stand at right angles, so the products with them are enough."""
    ends = []
    for x, y in ((x0, y0), (x1, y1)):
        dx, dy = x - shown.origin[0], y - shown.origin[1]
        ends.append((dx * shown.along[0] + dy * shown.along[1], dx * shown.up[0] + dy * shown.up[1]))
    (left, right), (bottom, top) = (sorted(values) for values in zip(*ends, strict=True))
    return left, bottom, right, top


def _place(mark: Mark, sheets: _Sheets) -> Place | None:
    wanted = mark.page if mark.page >= 0 else len(sheets) + mark.page
    if not 0 <= wanted < len(sheets):
        raise MarkUnusable(why="page")
    known = tuple(shapes_of(mark))
    if mark.spot is not None:
        page, shape = sheets[wanted], known[0]
        box = page.box(mark.spot.x_pt, mark.spot.y_pt, shape.width_pt, shape.height_pt)
        return Place(wanted, box, page.turn_deg)
    others = [index for index in range(len(sheets)) if index != wanted][: _MOST_PAGES - 1]
    for index in (wanted, *others):
        found = _on(sheets[index], known, mark.corner)
        if found is not None:
            box, moved = found
            return Place(index, box, sheets[index].turn_deg, moved or index != wanted)
    return None


def _on(page: _Page, known: Sequence[Shape], corner: Corner) -> tuple[tuple[float, float, float, float], bool] | None:
    """The shape that finds room nearest to the corner; another than the natural one only where that saves a long way."""
    for size in dict.fromkeys(shape.size_pt for shape in known):
        found = _tried(page.sheet, [shape for shape in known if shape.size_pt == size], corner)
        if found:
            shape, window = min(found, key=lambda one: one[1].away_pt + _RESHAPED_PT * (one[0] is not known[0]))
            break
    else:
        return None
    bottom = page.height_pt - window.top_pt - shape.height_pt
    page.sheet.occupy(window.left_pt, window.top_pt, window.left_pt + shape.width_pt, window.top_pt + shape.height_pt)
    return page.box(window.left_pt, bottom, shape.width_pt, shape.height_pt), window.moved


def _tried(sheet: Sheet, known: Sequence[Shape], corner: Corner) -> list[tuple[Shape, Window]]:
    """Each shape with the place nearest to the corner; no more are tried once one stands where it should."""
    found = []
    for shape in known:
        window = sheet.nearest(shape.width_pt, shape.height_pt, corner)
        if window is not None:
            found.append((shape, window))
            if not window.moved:
                break
    return found
