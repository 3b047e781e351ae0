"""Stamps of state secrecy as Decree 30/2020 (Annex I, box 10a) and Circular 24/2020/TT-BCA put them.

Framed capitals, left, below the document's number. The words are part of no truth: a page that bears them is never read on.
"""

from __future__ import annotations

from numpy.random import Generator
from PIL import Image, ImageDraw

from api.demo.painter.drawings import multiply
from api.demo.painter.fonts import font_px
from api.demo.painter.page import PaintedPage
from api.demo.painter.plan import MM_PT, Ink, Style
from api.demo.painter.spoil.seals import RED_INK

STAMPS_MM: dict[str, tuple[float, float]] = {"MẬT": (20, 8), "TỐI MẬT": (30, 8), "TUYỆT MẬT": (40, 8)}
"""Width and height of each stamp."""
BLACK_INK: Ink = (24, 22, 26)
_LEFT_MM, _TOP_MM = (14, 60), (30, 110)
"""Where the stamp's corner may lie."""
_OVER = 2


def stamp(words: str, dpi: int, *, framed: bool = True) -> Image.Image:
    """The mask (`L`) of a stamp: bold capitals, in a frame unless told otherwise."""
    scale = MM_PT * dpi * _OVER / 72
    width, height = (round(side * scale) for side in STAMPS_MM[words])
    mask = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(mask)
    if framed:
        draw.rectangle((0, 0, width - 1, height - 1), outline=255, width=max(2, round(scale * 0.5)))
    font = font_px(Style(14, bold=True), dpi * _OVER)
    draw.text((width / 2, height / 2 + scale * 1.9), words, font=font, fill=255, anchor="ms")
    return mask.resize((width // _OVER, height // _OVER), Image.Resampling.BOX)


def stamped(page: PaintedPage, rng: Generator, words: str, ink: Ink = RED_INK, *, framed: bool = True) -> PaintedPage:
    """The page with the stamp, a little crooked, below the head on the left where it hides least."""
    scale = MM_PT * page.dpi / 72
    mask = stamp(words, page.dpi, framed=framed)
    mask = mask.rotate(float(rng.uniform(-4, 4)), Image.Resampling.BICUBIC, expand=True)
    x, y = _place(page, mask.size, scale)
    image = page.image.convert("RGB")
    multiply(image, mask, ink, (round(x), round(y)))
    return page.with_image(image)


def _place(page: PaintedPage, size: tuple[int, int], scale: float) -> tuple[float, float]:
    boxes = [word.box for word in page.words]

    def hidden(corner: tuple[float, float]) -> tuple[float, float, float]:
        x, y = corner
        wide = ((min(box.x1, x + size[0]) - max(box.x0, x), min(box.y1, y + size[1]) - max(box.y0, y)) for box in boxes)
        return sum(max(w, 0) * max(h, 0) for w, h in wide), y, -x

    return min(((x * scale, y * scale) for x in range(*_LEFT_MM, 3) for y in range(*_TOP_MM, 2)), key=hidden)
