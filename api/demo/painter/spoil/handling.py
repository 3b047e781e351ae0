"""What hands and feeders do to a scan: a folded corner, a finger, the shadow of a hand, text cut off, a sheet fed twice."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFilter

from api.demo.painter.page import PaintedPage
from api.demo.painter.plan import MM_PT
from ocr.model import Box

_LID = ((62, 60, 63), (178, 178, 180))
"""Dark and light lids of scanners, seen where the paper is folded away."""


def _per_mm(page: PaintedPage) -> float:
    return MM_PT * page.dpi / 72


def folded_corner(page: PaintedPage, rng: Generator) -> PaintedPage:
    """One corner folded away over 9–22 mm: the lid shows, with the shadow of the crease."""
    image, leg = page.image.convert("RGB"), float(rng.uniform(9, 22)) * _per_mm(page)
    width, height = image.size
    right, low = bool(rng.integers(2)), bool(rng.integers(2))
    x, y = (width if right else 0), (height if low else 0)
    corner = [(x, y), (x + (-leg if right else leg), y), (x, y + (-leg if low else leg))]
    ImageDraw.Draw(image).polygon(corner, fill=_LID[int(rng.integers(2))])
    return page.with_image(image)


def finger(page: PaintedPage, rng: Generator) -> PaintedPage:
    """A finger that holds the page from the left or right edge."""
    image, per_mm = page.image.convert("RGB"), _per_mm(page)
    width, height = image.size
    y, thick, reach = float(rng.uniform(0.25, 0.75)) * height, 18 * per_mm, float(rng.uniform(24, 34)) * per_mm
    mask = Image.new("L", image.size, 0)
    x0, x1 = (-thick, reach) if rng.random() < 0.5 else (width - reach, width + thick)
    ImageDraw.Draw(mask).rounded_rectangle((x0, y - thick / 2, x1, y + thick / 2), radius=thick / 2, fill=255)
    image.paste((156, 108, 88), (0, 0), mask.filter(ImageFilter.GaussianBlur(per_mm * 0.6)))
    return page.with_image(image)


def shadow(page: PaintedPage, rng: Generator) -> PaintedPage:
    """The shadow of a hand over one side, soft at its edge."""
    image, per_mm = page.image.convert("RGB"), _per_mm(page)
    height = image.height
    deep = float(rng.uniform(35, 70)) * per_mm
    mask = Image.new("L", image.size, 0)
    ImageDraw.Draw(mask).ellipse((-deep, height * 0.3, deep, height * 0.3 + float(rng.uniform(90, 150)) * per_mm), fill=255)
    soft = np.asarray(mask.filter(ImageFilter.GaussianBlur(per_mm * 4)), dtype=np.float32)[..., None] / 255
    shaded = np.asarray(image, dtype=np.float32) * (1 - 0.55 * soft)
    return page.with_image(Image.fromarray(cast("np.ndarray[tuple[int, ...], np.dtype[np.uint8]]", shaded.astype(np.uint8))))


def cut_off(page: PaintedPage, rng: Generator) -> PaintedPage:
    """The paper lay askew of the glass: the scan ends in the middle of the lines, or of a line."""
    image = page.image.convert("RGB")
    left, right = min(word.box.x0 for word in page.words), max(word.box.x1 for word in page.words)
    cut = float(rng.uniform(0.12, 0.3)) * (right - left)
    box = (round(left + cut), 0, image.width, image.height) if rng.random() < 0.5 else (0, 0, round(right - cut), image.height)
    kept = tuple(
        replace(word, box=Box(word.box.x0 - box[0], word.box.y0, word.box.x1 - box[0], word.box.y1))
        for word in page.words
        if box[0] <= word.box.x0 and word.box.x1 <= box[2]
    )
    return replace(page.with_image(image.crop(box)), words=kept)
