"""Marks people and machines leave: signatures, seals, entry stamps, punch holes, black scanner borders."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFilter

from api.demo.painter import pen
from api.demo.painter.drawings import multiply
from api.demo.painter.fonts import font_px
from api.demo.painter.page import PaintedPage, TrueWord
from api.demo.painter.plan import MM_PT
from api.demo.painter.spoil import seals
from ocr.model import Box


def _copy(page: PaintedPage) -> Image.Image:
    return page.image.convert("RGB") if page.image.mode != "RGB" else page.image.copy()


def signed(page: PaintedPage, rng: Generator) -> PaintedPage:
    """A signature in blue or black where the page has room for one."""
    place = page.anchors.get("signature")
    if place is None:
        return page
    image = _copy(page)
    width, height = round(place.x1 - place.x0), round(place.y1 - place.y0)
    mask = pen.signature(width, height, int(rng.integers(0, 2**31)))
    multiply(image, mask, seals.PEN_BLUE if rng.random() < 0.7 else (30, 30, 36), (round(place.x0), round(place.y0)))
    return page.with_image(image)


def _stamp_seal(page: PaintedPage, rng: Generator, x: float, y: float) -> PaintedPage:
    image = _copy(page)
    agency = page.fields.get("issuer", "CƠ QUAN MẪU")
    mask = seals.round_seal(agency, page.dpi, rng)
    multiply(image, mask, seals.RED_INK, (round(x - mask.width / 2), round(y - mask.height / 2)))
    return page.with_image(image)


def sealed(page: PaintedPage, rng: Generator) -> PaintedPage:
    """A signature and the agency's seal over its left third (Decree 30/2020, Annex I).

    A page without a signature gets the edge of a seal across its right margin (dấu giáp lai).
    """
    place = page.anchors.get("signature")
    if place is None:
        return _stamp_seal(page, rng, page.image.width + page.dpi * 0.28, page.image.height * float(rng.uniform(0.4, 0.6)))
    page = signed(page, rng)
    x = place.x0 + (place.x1 - place.x0) * float(rng.uniform(0.14, 0.24))
    y = (place.y0 + place.y1) / 2 + page.dpi * float(rng.uniform(-0.06, 0.06))
    return _stamp_seal(page, rng, x, y)


def seal_over_text(page: PaintedPage, rng: Generator) -> PaintedPage:
    """A red seal in the middle of the text."""
    boxes = [word.box for word in page.words] or [Box(0, 0, *page.image.size)]
    near = boxes[int(rng.integers(len(boxes) // 4, max(len(boxes) // 4 + 1, len(boxes) * 3 // 4)))]
    half = seals.SEAL_MM * MM_PT * page.dpi / 144
    x = min(max((near.x0 + near.x1) / 2, half), max(half, page.image.width - half))
    return _stamp_seal(page, rng, x, (near.y0 + near.y1) / 2)


def _free_place(page: PaintedPage, size: tuple[int, int], rng: Generator) -> tuple[int, int]:
    """Where in the left half a clerk would stamp: the place that hides least, a little off."""
    boxes = np.array([(word.box.x0, word.box.y0, word.box.x1, word.box.y1) for word in page.words] or [(0, 0, 0, 0)])
    width, height = page.image.size

    def hidden(place: tuple[int, int]) -> tuple[float, int]:
        wide = np.minimum(boxes[:, 2], place[0] + size[0]) - np.maximum(boxes[:, 0], place[0])
        high = np.minimum(boxes[:, 3], place[1] + size[1]) - np.maximum(boxes[:, 1], place[1])
        return float((wide.clip(0) * high.clip(0)).sum()), place[1]

    step = max(1, page.dpi // 12)
    places = [
        (x, y) for x in range(step, max(step + 1, width // 3), step) for y in range(step, max(step + 1, height - size[1]), step)
    ]
    x, y = min(places, key=hidden)
    return x + int(rng.integers(-step // 2, step // 2 + 1)), y + int(rng.integers(0, step // 2 + 1))


def entry_stamped(page: PaintedPage, rng: Generator) -> PaintedPage:
    """A blue stamp `ĐẾN` with number and date, left below the head; its words join the truth."""
    agency = "VĂN PHÒNG ĐẢNG ỦY MẪU" if rng.random() < 0.5 else "BỘ PHẬN MỘT CỬA MẪU"
    day = f"{rng.integers(1, 29):02d}/{rng.integers(1, 13):02d}/{rng.integers(2025, 2027)}"
    mask, texts = seals.entry_stamp(agency, str(rng.integers(100, 9999)), day, page.dpi)
    x, y = _free_place(page, mask.size, rng)
    words, lines = list(page.words), list(page.lines)
    for text, left, baseline, style in texts:
        font = font_px(style, page.dpi)
        pen_x = float(left)
        lines.append(text)
        for word in text.split():
            glyphs = Image.new("L", mask.size, 0)
            ImageDraw.Draw(glyphs).text((round(pen_x), baseline), word, font=font, fill=255, anchor="ls")
            box = glyphs.getbbox() or (0, 0, 1, 1)
            words.append(TrueWord(word, Box(x + box[0], y + box[1], x + box[2], y + box[3])))
            mask.paste(255, box, glyphs.crop(box))
            pen_x += font.getlength(word + " ")
    image = _copy(page)
    multiply(image, mask.point([round(level * 0.86) for level in range(256)]), seals.BLUE_INK, (x, y))
    return replace(page, image=image, words=tuple(words), lines=tuple(lines))


def punch_holes(page: PaintedPage, rng: Generator) -> PaintedPage:
    """Two dark holes 80 mm apart, 12 mm from the left edge."""
    image = _copy(page)
    draw = ImageDraw.Draw(image)
    scale = MM_PT * page.dpi / 72
    x, radius = 12 * scale, 3 * scale
    middle = image.height / 2 + float(rng.uniform(-8, 8)) * scale
    for y in (middle - 40 * scale, middle + 40 * scale):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(34, 32, 34))
        draw.arc(
            (x - radius, y - radius, x + radius, y + radius), 20, 200, fill=(150, 148, 148), width=max(1, round(scale * 0.4))
        )
    return page.with_image(image)


def black_borders(page: PaintedPage, rng: Generator) -> PaintedPage:
    """The dark lid of a scanner seen along the edges, with ragged inner sides."""
    size = page.image.size
    scale = MM_PT * page.dpi / 72
    mask = Image.new("L", size, 0)
    draw = ImageDraw.Draw(mask)
    for side in range(4):
        if side == 3 and rng.random() < 0.5:
            continue
        long, depth = size[side % 2 == 0], [float(rng.uniform(1, 7)) * scale, float(rng.uniform(1, 7)) * scale]
        steps = np.linspace(0, 1, 60)
        inner = depth[0] + (depth[1] - depth[0]) * steps + rng.normal(0, scale * 0.15, 60)
        points = [(0.0, 0.0), *((float(d), float(s * long)) for d, s in zip(inner, steps, strict=True)), (0.0, float(long))]
        placed = {
            0: lambda d, s: (d, s),
            1: lambda d, s: (s, d),
            2: lambda d, s: (size[0] - d, s),
            3: lambda d, s: (s, size[1] - d),
        }
        draw.polygon([placed[side](d, s) for d, s in points], fill=235)
    image = _copy(page)
    image.paste((18, 17, 20), (0, 0), mask.filter(ImageFilter.GaussianBlur(scale * 0.2)))
    return page.with_image(image)
