"""The pages of a PDF as they are shown: where a place on the screen is in the page's own space, and what is occupied.

pdfium knows rotation, origin, crop box and inheritance. It is not made for threads: one at a time may be here.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from signing.errors import SourceDamaged
from signing.marks.free_space import Sheet
from signing.model import Corner

Rectangle = tuple[float, float, float, float]
"""Left, bottom, right, top in points."""
_MOST_PIXELS = 2_000
"""Longest side of a drawn page: an architect's plan is not drawn point by point."""
_STEPS = 1_000_000
"""Raster of the device whose corners are asked for: its pixels are whole numbers."""
_ONE_AT_A_TIME = threading.Lock()


@contextlib.contextmanager
def opened(source: str | IO[bytes]) -> Iterator[Pages]:
    """The pages of a PDF, a path or an open file; raises SourceDamaged when pdfium does not take it."""
    with _ONE_AT_A_TIME:
        try:
            document = pdfium.PdfDocument(Path(source) if isinstance(source, str) else source)
        except (pdfium.PdfiumError, OSError) as error:
            raise SourceDamaged from error
        try:
            yield Pages(document)
        finally:
            document.close()


@dataclass
class Page:
    """How one page is shown."""

    width_pt: float
    height_pt: float
    turn_deg: int
    origin: tuple[float, float]
    """The lower left corner as shown, in the page's own space."""
    along: tuple[float, float]
    """One point to the right as shown, in the page's own space."""
    up: tuple[float, float]
    taken: list[Rectangle] = field(default_factory=list)
    """Marks placed on it, counted from the lower left corner as shown."""

    def box(self, left_pt: float, bottom_pt: float, width_pt: float, height_pt: float) -> Rectangle:
        """A rectangle counted from the lower left corner as shown, in the page's own space."""
        ends = [self._own(left_pt, bottom_pt), self._own(left_pt + width_pt, bottom_pt + height_pt)]
        (x0, x1), (y0, y1) = (sorted(values) for values in zip(*ends, strict=True))
        # Adding zero makes a negative zero positive: databases do not keep the difference.
        return round(x0, 2) + 0.0, round(y0, 2) + 0.0, round(x1, 2) + 0.0, round(y1, 2) + 0.0

    def as_shown(self, x0: float, y0: float, x1: float, y1: float) -> Rectangle:
        """The way back of `box`: the axes stand at right angles, so the products with them are enough."""
        ends = []
        for x, y in ((x0, y0), (x1, y1)):
            dx, dy = x - self.origin[0], y - self.origin[1]
            ends.append((dx * self.along[0] + dy * self.along[1], dx * self.up[0] + dy * self.up[1]))
        (left, right), (bottom, top) = (sorted(values) for values in zip(*ends, strict=True))
        return left, bottom, right, top

    def _own(self, x: float, y: float) -> tuple[float, float]:
        return (
            self.origin[0] + x * self.along[0] + y * self.up[0],
            self.origin[1] + x * self.along[1] + y * self.up[1],
        )


class Pages:
    """The pages looked at so far; a page is drawn only when room on it is looked for."""

    def __init__(self, document: pdfium.PdfDocument) -> None:
        self._document = document
        self._known: dict[int, Page] = {}
        self._sheets: dict[int, Sheet] = {}

    def __len__(self) -> int:
        return len(self._document)

    def __getitem__(self, index: int) -> Page:
        if index not in self._known:
            with self._page(index) as page:
                self._known[index] = _measured(page)
        return self._known[index]

    def sheet(self, index: int) -> Sheet:
        """What is occupied on a page: ink, annotations, fields (empty ones too), marks placed before."""
        if index not in self._sheets:
            shown = self[index]
            with self._page(index) as page:
                sheet = _drawn(page, shown)
                for rectangle in (*_annotations(page, shown), *shown.taken):
                    _occupy(sheet, shown, rectangle)
            self._sheets[index] = sheet
        return self._sheets[index]

    def band(self, index: int, corner: Corner, high_pt: float) -> Sheet | None:
        """The same for the upper or lower end of a page alone, which is sooner drawn; None where that does not tell enough."""
        if index in self._sheets:
            return self._sheets[index]
        shown = self[index]
        scale = _scale_of(shown)
        height, high = math.ceil(shown.height_pt * scale), math.ceil(high_pt * scale)
        if 2 * high > height:
            return None
        upper = corner in {Corner.TOP_LEFT, Corner.TOP_RIGHT}
        left_out = (height - high) / scale
        with self._page(index) as page:
            pixels = _pixels(page, scale, (0, left_out, 0, 0) if upper else (0, 0, 0, left_out))
            sheet = Sheet.of_band(pixels, 0 if upper else height - len(pixels), height, scale)
            for rectangle in (*_annotations(page, shown), *shown.taken) if sheet else ():
                _occupy(cast("Sheet", sheet), shown, rectangle)
        return sheet

    def take(self, index: int, rectangle: Rectangle) -> None:
        """A mark stands here now, counted from the lower left corner as shown."""
        self[index].taken.append(rectangle)
        if index in self._sheets:
            _occupy(self._sheets[index], self[index], rectangle)

    @contextlib.contextmanager
    def _page(self, index: int) -> Iterator[pdfium.PdfPage]:
        try:
            page = self._document[index]
            yield page
            page.close()
        except (pdfium.PdfiumError, ValueError, ArithmeticError) as error:
            raise SourceDamaged from error


def _occupy(sheet: Sheet, shown: Page, rectangle: Rectangle) -> None:
    left, bottom, right, top = rectangle
    sheet.occupy(left, shown.height_pt - top, right, shown.height_pt - bottom)


def _measured(page: pdfium.PdfPage) -> Page:
    width, height = page.get_size()
    origin, right, above = (_own_space(page, x, y) for x, y in ((0, 0), (1, 0), (0, 1)))
    return Page(
        width,
        height,
        page.get_rotation(),
        origin,
        ((right[0] - origin[0]) / width, (right[1] - origin[1]) / width),
        ((above[0] - origin[0]) / height, (above[1] - origin[1]) / height),
    )


def _own_space(page: pdfium.PdfPage, right: int, up: int) -> tuple[float, float]:
    """A corner of the page as shown (0 or 1 times its width and height), in the page's own space."""
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium_c.FPDF_DeviceToPage(page, 0, 0, _STEPS, _STEPS, 0, right * _STEPS, (1 - up) * _STEPS, x, y)
    return x.value, y.value


def _drawn(page: pdfium.PdfPage, shown: Page) -> Sheet:
    scale = _scale_of(shown)
    return Sheet(_pixels(page, scale), scale)


def _scale_of(shown: Page) -> float:
    return min(1.0, _MOST_PIXELS / max(shown.width_pt, shown.height_pt, 1.0))


def _pixels(page: pdfium.PdfPage, scale: float, crop: Rectangle = (0, 0, 0, 0)) -> NDArray[np.uint8]:
    """The page as shown without so many points on the left, below, on the right and above."""
    drawn = page.render(scale=scale, crop=crop, rev_byteorder=True, may_draw_forms=False).to_numpy()
    return np.ascontiguousarray(drawn[:, :, :3] if drawn.ndim == 3 else np.repeat(drawn[:, :, None], 3, axis=2))


def _annotations(page: pdfium.PdfPage, shown: Page) -> Iterable[Rectangle]:
    """The boxes of annotations and fields, empty ones too, counted from the lower left corner as shown."""
    for index in range(pdfium_c.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
        rectangle = pdfium_c.FS_RECTF()
        if annotation and pdfium_c.FPDFAnnot_GetRect(annotation, rectangle):
            yield shown.as_shown(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
        if annotation:
            pdfium_c.FPDFPage_CloseAnnot(annotation)
