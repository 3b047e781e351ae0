"""The forms that a mark may take: its lines in its typeface, in one size after the other, under its image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.late import Late
from signing.marks.layout import Shape, shapes
from signing.marks.typeface import Typeface, tidy, typeface
from signing.model import Mark

if TYPE_CHECKING:
    from signing.marks.image import printed_size_pt
else:
    printed_size_pt = Late("signing.marks.image", "printed_size_pt")


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
