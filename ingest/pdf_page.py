"""One PDF page looked at: its visible box, and whether all that shows on it is one image.

A scanned page is one image that fills the page. Its pixels are taken out instead of being rendered anew, but only when
nothing else would show: the content stream is followed, and anything unusual means "render it".
"""

from __future__ import annotations

from dataclasses import dataclass

import pikepdf

from ingest.pdf_canvas import Canvas, Placed

_MARGIN = 0.05
"""Share of the page's side that an image may miss or overshoot and still fill the page."""
_HIDDEN = 0x2 | 0x20
"""Annotation flags Hidden and NoView (ISO 32000-1, table 165)."""

_MALFORMED = (pikepdf.PdfError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RuntimeError)


@dataclass(frozen=True, slots=True)
class VisibleBox:
    """What a reader shows of a page, in default user space units (before /Rotate), and how long a unit is."""

    x0: float
    y0: float
    x1: float
    y1: float
    unit: float = 1.0
    """/UserUnit: points per user space unit."""

    @property
    def width_pt(self) -> float:
        """Points."""
        return (self.x1 - self.x0) * self.unit

    @property
    def height_pt(self) -> float:
        """Points."""
        return (self.y1 - self.y0) * self.unit


@dataclass(frozen=True, slots=True)
class SoleImage:
    """The one image that fills a page."""

    stream: pikepdf.Stream
    width_px: int
    height_px: int
    turn_deg: int
    """Clockwise turn a reader applies: the image's own placement plus the page's /Rotate."""
    dpi: float
    """Pixels per inch as placed (mean of both axes)."""


def visible_box(page: pikepdf.Page) -> VisibleBox:
    """CropBox cut to the MediaBox; US Letter, as readers assume, when the boxes make no sense."""
    media = _box(page.get("/MediaBox") or page.mediabox) or (0.0, 0.0, 612.0, 792.0)
    crop = _box(page.cropbox) or media
    x0, y0 = max(media[0], crop[0]), max(media[1], crop[1])
    x1, y1 = min(media[2], crop[2]), min(media[3], crop[3])
    if x1 <= x0 or y1 <= y0:
        x0, y0, x1, y1 = media
    unit = float(page.get("/UserUnit", 1.0))
    return VisibleBox(x0, y0, x1, y1, unit if unit > 0 else 1.0)


def _box(array: object) -> tuple[float, float, float, float] | None:
    if not isinstance(array, pikepdf.Array) or len(array) != 4:
        return None
    a, b, c, d = (float(value) for value in array)
    x0, x1, y0, y1 = min(a, c), max(a, c), min(b, d), max(b, d)
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def sole_image(page: pikepdf.Page) -> SoleImage | None:
    """The image that is all that shows on the page, or None: then the page has to be rendered."""
    try:
        return _sole_image(page)
    except _MALFORMED:
        # pdfium draws what it can of content that breaks the rules
        return None


def _sole_image(page: pikepdf.Page) -> SoleImage | None:
    if _shows_annotations(page):
        return None
    box = visible_box(page)
    canvas = Canvas((box.x0, box.y0, box.x1, box.y1), _MARGIN)
    canvas.run(page.obj, page.resources, 0)
    placed = canvas.sole()
    if placed is None or not _plain(placed.stream):
        return None
    width, height = int(placed.stream.get("/Width", 0)), int(placed.stream.get("/Height", 0))
    turn = _turn(placed)
    if turn is None or width <= 0 or height <= 0:
        return None
    across, along = placed.sides
    dpi = (width / (across * box.unit / 72) + height / (along * box.unit / 72)) / 2
    return SoleImage(placed.stream, width, height, (turn + _rotate(page)) % 360, round(dpi, 2))


def _rotate(page: pikepdf.Page) -> int:
    turn = int(page.rotation) if page.rotation is not None else 0
    return turn % 360 if turn % 90 == 0 else 0


def _turn(placed: Placed) -> int | None:
    """The clockwise quarter turn of the placement; None for mirrored or slanted images."""
    a, b, c, d = placed.matrix[:4]
    small = 0.01 * max(map(abs, (a, b, c, d)))
    if abs(b) <= small and abs(c) <= small and a * d > 0:
        return 0 if a > 0 else 180
    if abs(a) <= small and abs(d) <= small and b * c < 0:
        return 270 if b > 0 else 90
    return None


def _plain(stream: pikepdf.Stream) -> bool:
    """Whether the image shows all of its pixels as they are: no masks, no stencil, no layer."""
    masked = any(key in stream for key in ("/SMask", "/Mask", "/OC", "/SMaskInData"))
    return not masked and not bool(stream.get("/ImageMask", False))


def _shows_annotations(page: pikepdf.Page) -> bool:
    """Whether stamps, notes or visible signatures lie on the page."""
    for annotation in page.get("/Annots", []):
        if not isinstance(annotation, pikepdf.Dictionary) or str(annotation.get("/Subtype")) in {"/Link", "/Popup"}:
            continue
        if int(annotation.get("/F", 0)) & _HIDDEN or "/AP" not in annotation:
            continue
        if _box(annotation.get("/Rect")) is not None:
            return True
    return False
