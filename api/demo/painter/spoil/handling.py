"""What hands and feeders do to a scan: a folded corner, a finger, the shadow of a hand, text cut off, a sheet fed twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import cast

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFilter

from api.demo.painter.page import PaintedPage, TrueWord
from api.demo.painter.plan import MM_PT
from ocr.model import Box

_LID = ((62, 60, 63), (178, 178, 180))
"""Dark and light lids of scanners, seen where the paper is folded away."""


def _per_mm(page: PaintedPage) -> float:
    return MM_PT * page.dpi / 72


def _without(page: PaintedPage, hidden: Callable[[float, float], bool]) -> PaintedPage:
    """The page whose truth is what can still be seen: letters whose middle is `hidden` (x, y in its pixels) stand on no paper."""

    def seen(word: TrueWord) -> TrueWord:
        box, wide = word.box, (word.box.x1 - word.box.x0) / len(word.text)
        y = (box.y0 + box.y1) / 2
        left = [place for place in range(len(word.text)) if not hidden(box.x0 + (place + 0.5) * wide, y)]
        if len(left) in {0, len(word.text)}:
            return word if left else replace(word, text="")
        kept = Box(box.x0 + left[0] * wide, box.y0, box.x0 + (left[-1] + 1) * wide, box.y1)
        return TrueWord("".join(word.text[place] for place in left), kept)

    words = [seen(word) for word in page.words]
    rest = iter(words)
    lines = [" ".join(word.text for word in islice(rest, len(line.split())) if word.text) for line in page.lines]
    return replace(page, words=tuple(word for word in words if word.text), lines=tuple(filter(None, lines)))


def folded_corner(page: PaintedPage, rng: Generator) -> PaintedPage:
    """One corner folded away over 9–22 mm: the lid shows, with the shadow of the crease."""
    image, leg = page.image.convert("RGB"), float(rng.uniform(9, 22)) * _per_mm(page)
    width, height = image.size
    right, low = bool(rng.integers(2)), bool(rng.integers(2))
    x, y = (width if right else 0), (height if low else 0)
    corner = [(x, y), (x + (-leg if right else leg), y), (x, y + (-leg if low else leg))]
    ImageDraw.Draw(image).polygon(corner, fill=_LID[int(rng.integers(2))])
    return _without(page.with_image(image), lambda at_x, at_y: abs(at_x - x) + abs(at_y - y) < leg)


def finger(page: PaintedPage, rng: Generator) -> PaintedPage:
    """A finger that holds the page from the left or right edge."""
    image, per_mm = page.image.convert("RGB"), _per_mm(page)
    width, height = image.size
    y, thick, reach = float(rng.uniform(0.25, 0.75)) * height, 18 * per_mm, float(rng.uniform(24, 34)) * per_mm
    mask = Image.new("L", image.size, 0)
    x0, x1 = (-thick, reach) if rng.random() < 0.5 else (width - reach, width + thick)
    ImageDraw.Draw(mask).rounded_rectangle((x0, y - thick / 2, x1, y + thick / 2), radius=thick / 2, fill=255)
    image.paste((156, 108, 88), (0, 0), mask.filter(ImageFilter.GaussianBlur(per_mm * 0.6)))
    return _without(page.with_image(image), lambda at_x, at_y: x0 < at_x < x1 and abs(at_y - y) < thick / 2)


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
    seen = _without(page, lambda at_x, _at_y: not box[0] < at_x < box[2])
    words = tuple(
        replace(word, box=Box(max(word.box.x0, box[0]) - box[0], word.box.y0, min(word.box.x1, box[2]) - box[0], word.box.y1))
        for word in seen.words
    )
    return replace(seen.with_image(image.crop(box)), words=words)
