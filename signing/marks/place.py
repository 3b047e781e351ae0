"""Find a place for the marks of a file, so that nothing on its pages is covered.

The pages are drawn with pdfium, whatever their rotation, origin and crop box. Drawing decodes the images of a scan, so for files
that came from outside this belongs into a child process (`ingest.sandbox`); it changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import IO

from signing.errors import MarkUnusable
from signing.marks.forms import shapes_of
from signing.marks.free_space import Sheet, Window
from signing.marks.layout import Shape
from signing.marks.pages import Pages, opened
from signing.model import Corner, Mark, Place

_RESHAPED_PT = 60.0
"""How far a mark goes rather than have its lines broken otherwise."""
_BAND_PT = 40.0
"""How much more than a mark's height is drawn to see whether it may stand where it would rather stand."""
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
    with opened(source) as pages:
        return tuple(mark.place or _place(mark, pages) for mark in marks)


def placed(path: str, marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """The marks with their places; see `find`."""
    return tuple(replace(mark, place=place) for mark, place in zip(marks, find(path, marks), strict=True))


def _place(mark: Mark, pages: Pages) -> Place | None:
    wanted = mark.page if mark.page >= 0 else len(pages) + mark.page
    if not 0 <= wanted < len(pages):
        raise MarkUnusable(why="trang / page")
    known = tuple(shapes_of(mark))
    if mark.spot is not None:
        return _taken(pages, wanted, (mark.spot.x_pt, mark.spot.y_pt), known[0], moved=False)
    shape = known[0]
    band = pages.band(wanted, mark.corner, shape.height_pt + _BAND_PT)
    window = band.nearest(shape.width_pt, shape.height_pt, mark.corner) if band else None
    if window is not None and not window.moved:
        corner = window.left_pt, pages[wanted].height_pt - window.top_pt - shape.height_pt
        return _taken(pages, wanted, corner, shape, moved=False)
    others = [index for index in range(len(pages)) if index != wanted][: _MOST_PAGES - 1]
    for index in (wanted, *others):
        found = _on(pages.sheet(index), known, mark.corner)
        if found is not None:
            shape, window = found
            corner = window.left_pt, pages[index].height_pt - window.top_pt - shape.height_pt
            return _taken(pages, index, corner, shape, moved=window.moved or index != wanted)
    return None


def _taken(pages: Pages, index: int, corner: tuple[float, float], shape: Shape, *, moved: bool) -> Place:
    """The place with its lower left corner there, as shown; no other mark gets it."""
    (left, bottom), page = corner, pages[index]
    pages.take(index, (left, bottom, left + shape.width_pt, bottom + shape.height_pt))
    return Place(index, page.box(left, bottom, shape.width_pt, shape.height_pt), page.turn_deg, moved)


def _on(sheet: Sheet, known: Sequence[Shape], corner: Corner) -> tuple[Shape, Window] | None:
    """The shape that finds room nearest to the corner; another than the natural one only where that saves a long way."""
    for size in dict.fromkeys(shape.size_pt for shape in known):
        found = _tried(sheet, [shape for shape in known if shape.size_pt == size], corner)
        if found:
            return min(found, key=lambda one: one[1].away_pt + _RESHAPED_PT * (one[0] is not known[0]))
    return None


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
