"""Round red seals and blue entry stamps, as masks of ink."""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from api.demo.painter.drawings import star_points
from api.demo.painter.fonts import font_px
from api.demo.painter.plan import MM_PT, Ink, Style

SEAL_MM = 36.0
"""Diameter of an agency's seal."""
_OVER = 2


def _on_circle(mask: Image.Image, text: str, radius: float, size_pt: float, dpi: float, span_deg: float) -> None:
    """Letters standing on a circle, centred on its top, their feet inwards."""
    font = font_px(Style(size_pt, bold=True, sans=True), dpi)
    widths = [font.getlength(char) for char in text]
    gap = min((span_deg * math.pi / 180 * radius - sum(widths)) / max(1, len(text) - 1), size_pt * dpi / 72 * 0.28)
    angle = -(sum(widths) + gap * (len(text) - 1)) / 2 / radius
    side = round(size_pt * dpi / 72 * 2.4)
    for char, width in zip(text, widths, strict=True):
        angle += width / 2 / radius
        glyph = Image.new("L", (side, side), 0)
        ImageDraw.Draw(glyph).text((side / 2, side * 0.68), char, font=font, fill=255, anchor="ms")
        glyph = glyph.rotate(-math.degrees(angle), Image.Resampling.BICUBIC, center=(side / 2, side * 0.68))
        x = round(mask.width / 2 + radius * math.sin(angle) - side / 2)
        y = round(mask.height / 2 - radius * math.cos(angle) - side * 0.68)
        if y >= 0 and x >= 0:
            area = (x, y, x + side, y + side)
            mask.paste(ImageChops.lighter(mask.crop(area), glyph), area)
        angle += (width / 2 + gap) / radius


def _worn(mask: Image.Image, rng: Generator, low: int) -> Image.Image:
    """Ink that did not reach the paper everywhere."""
    coarse = Image.fromarray(rng.integers(low, 256, (mask.height // 24 + 2, mask.width // 24 + 2)).astype(np.uint8))
    fine = Image.fromarray(rng.integers(190, 256, (mask.height // 2 + 1, mask.width // 2 + 1)).astype(np.uint8))
    worn = ImageChops.multiply(mask, coarse.resize(mask.size, Image.Resampling.BICUBIC))
    return ImageChops.multiply(worn, fine.resize(mask.size, Image.Resampling.BILINEAR))


def round_seal(agency: str, dpi: int, rng: Generator) -> Image.Image:
    """The mask (`L`) of a seal: two rings, the agency around, a star above the word MẪU in the middle."""
    scaled = dpi * _OVER
    side = round(SEAL_MM * MM_PT * scaled / 72)
    mask = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(mask)
    unit = side / 100
    draw.ellipse((unit, unit, side - unit, side - unit), outline=255, width=round(unit * 2))
    draw.ellipse((unit * 4, unit * 4, side - unit * 4, side - unit * 4), outline=255, width=round(unit * 0.7))
    draw.ellipse((unit * 21, unit * 21, side - unit * 21, side - unit * 21), outline=255, width=round(unit * 0.9))
    agency = agency.split(",", maxsplit=1)[0]
    agency = agency if len(agency) > 20 else f"{agency} * TỈNH MẪU"
    _on_circle(mask, agency.upper()[:46], unit * 33.5, 9.2 if len(agency) < 30 else 7.4, scaled, 290)
    draw.polygon(star_points(side / 2, side - unit * 12.5, unit * 5), fill=255)
    draw.polygon(star_points(side / 2, side * 0.42, unit * 15), fill=255)
    font = font_px(Style(11, bold=True, sans=True), scaled)
    draw.text((side / 2, side * 0.69), "MẪU", font=font, fill=255, anchor="ms")
    small = mask.resize((side // _OVER, side // _OVER), Image.Resampling.BOX)
    turned = small.rotate(float(rng.uniform(-16, 16)), Image.Resampling.BICUBIC, expand=True)
    return _worn(turned, rng, 205).filter(ImageFilter.GaussianBlur(dpi / 72 * 0.07))


ENTRY_MM = (68.0, 25.0)
_HEAD = Style(8.6, bold=True, sans=True)
_WORD = Style(13, bold=True, sans=True)
_ITEM = Style(9.4, sans=True)


def entry_stamp(agency: str, number: str, day: str, dpi: int) -> tuple[Image.Image, list[tuple[str, int, int, Style]]]:
    """The frame of an entry stamp (mask `L`) and its texts: characters, pen x and baseline in the mask, style."""
    scale = MM_PT * dpi / 72
    width, height = round(ENTRY_MM[0] * scale), round(ENTRY_MM[1] * scale)
    mask = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(mask)
    line = max(1, round(scale * 0.35))
    head, column = round(height * 0.28), round(width * 0.27)
    draw.rectangle((0, 0, width - 1, height - 1), outline=255, width=line * 2)
    draw.line((0, head, width, head), fill=255, width=line)
    draw.line((column, head, column, height), fill=255, width=line)
    step = (height - head) / 3
    texts = [
        (agency.upper(), round(scale * 2), round(head * 0.72), _HEAD),
        ("ĐẾN", round(scale * 3.2), round(head + step * 1.8), _WORD),
    ]
    for row, text in enumerate((f"Số: {number}", f"Ngày: {day}", "Chuyển:")):
        texts.append((text, column + round(scale * 1.6), round(head + step * (row + 0.78)), _ITEM))
    return mask, texts


RED_INK: Ink = (206, 34, 62)
BLUE_INK: Ink = (58, 74, 178)
PEN_BLUE: Ink = (34, 44, 140)
