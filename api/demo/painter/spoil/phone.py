"""A page photographed with a phone: perspective, a table below it, a hand's shadow, soft focus, JPEG."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from api.demo.painter.page import PaintedPage
from api.demo.painter.spoil import tone
from api.demo.painter.spoil.geometry import warped


def _table_top(size: tuple[int, int], rng: Generator) -> Image.Image:
    """Brown wood: long streaks with slow changes of tone."""
    streaks = rng.normal(0, 9, (size[1] // 6 + 1, 12))
    streaks += rng.normal(0, 14, (size[1] // 6 + 1, 1))
    grain = Image.fromarray(np.clip(128 + streaks, 0, 255).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    base = np.array([[92, 64, 44], [120, 96, 74], [70, 74, 80]], dtype=np.float64)[int(rng.integers(0, 3))]
    return Image.merge("RGB", [grain.point([min(255, round(level * part / 128)) for level in range(256)]) for part in base])


def _shadow(size: tuple[int, int], rng: Generator) -> Image.Image:
    """A soft dark shape entering from one side, as of the hand that holds the phone."""
    small = Image.new("L", (size[0] // 16, size[1] // 16), 255)
    draw = ImageDraw.Draw(small)
    width, height = small.size
    x = width * float(rng.uniform(-0.1, 0.3))
    if rng.random() < 0.5:
        x = width - x
    y = height * float(rng.uniform(0.6, 1.0))
    reach = height * float(rng.uniform(0.3, 0.5))
    draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=int(rng.integers(150, 185)))
    return small.filter(ImageFilter.GaussianBlur(height * 0.05)).resize(size, Image.Resampling.BILINEAR)


def photographed(page: PaintedPage, rng: Generator) -> PaintedPage:
    """The page as a phone photo without a useful dpi tag; `dpi` is the page's true mean resolution in it."""
    width, height = page.image.size
    margin_x, margin_y = width * 0.08, height * 0.07
    size = (round(width + 2 * margin_x), round(height + 2 * margin_y))
    bend = 0.035
    nudge = rng.uniform(-bend, bend, (4, 2)) * (width, height)
    lean = float(rng.uniform(0.0, 0.05)) * width
    corners = [
        (margin_x + lean + nudge[0][0], margin_y + abs(nudge[0][1])),
        (margin_x + width - lean + nudge[1][0], margin_y + abs(nudge[1][1])),
        (margin_x + width + nudge[2][0], margin_y + height + nudge[2][1]),
        (margin_x + nudge[3][0], margin_y + height + nudge[3][1]),
    ]  # fmt: skip
    laid = warped(page, corners, _table_top(size, rng))
    shade = _shadow(size, rng)
    image = ImageChops.multiply(laid.image, Image.merge("RGB", (shade, shade, shade)))
    warm = Image.new("RGB", size, (250, 244, 230))
    photo = replace(laid, image=ImageChops.multiply(image, warm))
    photo = tone.uneven_light(photo, rng, 0.72)
    photo = tone.blur(photo, rng, 0.16)
    return tone.jpeg(tone.noise(photo, rng, 5.0, 0.0), rng, 82)
