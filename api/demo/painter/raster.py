"""Paints a plan at a resolution and measures where the ink of each word came to lie."""

from __future__ import annotations

import math
import zlib
from functools import lru_cache

from PIL import Image, ImageDraw

from api.demo.painter import drawings, pen
from api.demo.painter.fonts import font_px, width_pt
from api.demo.painter.page import PaintedPage, TrueWord
from api.demo.painter.plan import Area, PlacedWord, Plan, Rule, Run
from ocr.model import Box

_VISIBLE = [0] * 32 + [255] * 224


@lru_cache(maxsize=8192)
def _glyphs(run: Run, dpi: int) -> tuple[Image.Image, int, int]:
    """The mask of a run, with the offset of its corner from the pen on the baseline.

    Painted larger and reduced, so that hinting does not change advance widths.
    """
    if run.style.hand:
        height = run.style.size_pt * dpi / 72 * 0.78
        mask = pen.digits(run.text, height, width_pt("0", run.style) * dpi / 72, zlib.crc32(run.text.encode()))
        return mask, -round(height / 6), -round(height * 7 / 6)
    over = 4 if dpi <= 200 else 2
    font = font_px(run.style, dpi * over)
    left, top, right, bottom = font.getbbox(run.text, anchor="ls")
    x, y = math.floor(left / over) - 1, math.floor(top / over) - 1
    size = (math.ceil(right / over) + 1 - x, math.ceil(bottom / over) + 1 - y)
    mask = Image.new("L", (size[0] * over, size[1] * over), 0)
    ImageDraw.Draw(mask).text((-x * over, -y * over), run.text, font=font, fill=255, anchor="ls")
    return mask.reduce(over), x, y


def _inked(mask: Image.Image) -> tuple[int, int, int, int]:
    """Where a mask is dark enough to be seen."""
    return mask.point(_VISIBLE).getbbox() or mask.getbbox() or (0, 0, 1, 1)


def _paint_word(image: Image.Image, word: PlacedWord, dpi: int) -> TrueWord:
    x = word.x_pt * dpi / 72
    baseline = round(word.y_pt * dpi / 72)
    box: Box | None = None
    for run in word.runs:
        mask, dx, dy = _glyphs(run, dpi)
        corner = (round(x) + dx, baseline + dy)
        image.paste(run.style.ink, corner, mask)
        inked = _inked(mask)
        here = Box(corner[0] + inked[0], corner[1] + inked[1], corner[0] + inked[2], corner[1] + inked[3])
        box = here if box is None else box.union(here)
        x += width_pt(run.text, run.style) * dpi / 72
    return TrueWord(word.text, box or Box(0, 0, 0, 0))


def _paint_rule(draw: ImageDraw.ImageDraw, rule: Rule, dpi: int) -> None:
    scale = dpi / 72
    width = max(1, round(rule.width_pt * scale))
    if not rule.dotted:
        draw.line((rule.x0 * scale, rule.y0 * scale, rule.x1 * scale, rule.y1 * scale), fill=rule.ink, width=width)
        return
    for step in range(int((rule.x1 - rule.x0) / 3.2)):
        x, y = (rule.x0 + step * 3.2) * scale, rule.y0 * scale
        draw.ellipse((x, y, x + width, y + width), fill=rule.ink)


def _pixels(area: Area, dpi: int) -> tuple[int, int, int, int]:
    scale = dpi / 72
    return (round(area.x0 * scale), round(area.y0 * scale), round(area.x1 * scale), round(area.y1 * scale))


def paint_plan(plan: Plan, dpi: int, *, kind: str = "", number: int = 1) -> PaintedPage:
    """The page of a plan at `dpi`: an RGB image, the ink box of every word, and the plan's truth."""
    size = (round(plan.width_pt * dpi / 72), round(plan.height_pt * dpi / 72))
    image = Image.new("RGB", size, plan.paper)
    for item in plan.drawings:
        drawings.KINDS[item.kind](image, _pixels(item.area, dpi), item)
    draw = ImageDraw.Draw(image)
    for rule in plan.rules:
        _paint_rule(draw, rule, dpi)
    words = tuple(_paint_word(image, word, dpi) for word in plan.words)
    anchors = {name: Box(*_pixels(area, dpi)) for name, area in plan.anchors.items()}
    return PaintedPage(image, dpi, words, plan.lines, plan.fields, plan.printed, plan.codes, anchors, kind, number)
