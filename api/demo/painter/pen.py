"""What is drawn by hand: digits written into printed gaps, and signatures.

Strokes are smooth curves through a few control points, shaken by the seed, drawn at four times the size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from random import Random

from PIL import Image, ImageDraw

Point = tuple[float, float]
_OVER = 4
"""Supersampling of pen strokes."""

# One tuple of strokes a digit; points in a box 1 wide and 1 high, y down, as a Vietnamese clerk writes them.
_DIGITS: dict[str, tuple[tuple[Point, ...], ...]] = {
    "0": (((0.55, 0.05), (0.2, 0.2), (0.12, 0.6), (0.35, 0.96), (0.72, 0.75), (0.78, 0.3), (0.5, 0.04)),),
    "1": (((0.25, 0.3), (0.55, 0.05), (0.5, 0.5), (0.45, 0.97)),),
    "2": (((0.2, 0.25), (0.45, 0.04), (0.75, 0.22), (0.5, 0.6), (0.18, 0.93), (0.5, 0.88), (0.85, 0.95)),),
    "3": (((0.22, 0.15), (0.55, 0.03), (0.75, 0.22), (0.42, 0.46), (0.78, 0.68), (0.55, 0.96), (0.18, 0.86)),),
    "4": (((0.55, 0.05), (0.3, 0.4), (0.13, 0.65), (0.5, 0.63), (0.88, 0.6)), ((0.62, 0.38), (0.6, 0.7), (0.55, 0.98))),
    "5": (((0.32, 0.08), (0.26, 0.42), (0.6, 0.42), (0.75, 0.7), (0.48, 0.96), (0.17, 0.85)),
          ((0.32, 0.08), (0.55, 0.07), (0.8, 0.04))),
    "6": (((0.7, 0.05), (0.32, 0.35), (0.2, 0.75), (0.48, 0.96), (0.74, 0.74), (0.5, 0.54), (0.24, 0.7)),),
    "7": (((0.17, 0.12), (0.5, 0.1), (0.8, 0.06), (0.55, 0.45), (0.36, 0.98)), ((0.35, 0.5), (0.55, 0.48), (0.72, 0.47))),
    "8": (((0.62, 0.12), (0.32, 0.1), (0.34, 0.36), (0.68, 0.66), (0.5, 0.96), (0.24, 0.74), (0.55, 0.42),
           (0.72, 0.16), (0.5, 0.05)),),
    "9": (((0.7, 0.25), (0.45, 0.06), (0.22, 0.26), (0.42, 0.48), (0.7, 0.28), (0.68, 0.6), (0.5, 0.97)),),
    "/": (((0.8, 0.0), (0.5, 0.5), (0.2, 1.0)),),
}  # fmt: skip


def _curve(points: Sequence[Point], steps: int = 10) -> list[Point]:
    """Catmull-Rom through the points."""
    padded = [points[0], *points, points[-1]]
    out: list[Point] = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(steps):
            t = step / steps
            out.append(
                (
                    0.5 * (2 * b[0] + (c[0] - a[0]) * t + (2 * a[0] - 5 * b[0] + 4 * c[0] - d[0]) * t**2
                           + (3 * b[0] - a[0] - 3 * c[0] + d[0]) * t**3),
                    0.5 * (2 * b[1] + (c[1] - a[1]) * t + (2 * a[1] - 5 * b[1] + 4 * c[1] - d[1]) * t**2
                           + (3 * b[1] - a[1] - 3 * c[1] + d[1]) * t**3),
                )
            )  # fmt: skip
    return [*out, points[-1]]


def _stroke(draw: ImageDraw.ImageDraw, points: Sequence[Point], width: float, swell: float = 0.0) -> None:
    """A stroke of round dabs so close that none is seen; it swells and thins once every thirty widths."""
    way = 0.0
    for (x0, y0), (x1, y1) in pairwise(points):
        length = math.hypot(x1 - x0, y1 - y0)
        dabs = max(1, math.ceil(length / max(1.0, width / 5)))
        for dab in range(dabs):
            x, y = x0 + (x1 - x0) * dab / dabs, y0 + (y1 - y0) * dab / dabs
            radius = width / 2 * (1 + swell * math.sin((way + length * dab / dabs) / width / 4.8))
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
        way += length


def digits(text: str, height_px: float, advance_px: float, seed: int) -> Image.Image:
    """A mask (`L`) of handwritten digits, baseline at its bottom minus a sixth of its height.

    Characters that are no digits stay empty.
    """
    random = Random(f"{text}/{seed}")  # noqa: S311 - pen wobble
    margin = height_px / 6
    size = (math.ceil((len(text) * advance_px + 2 * margin) * _OVER), math.ceil((height_px + 2 * margin) * _OVER))
    image = Image.new("L", size, 0)
    draw = ImageDraw.Draw(image)
    slant, shake = random.uniform(0.08, 0.28), 0.035
    for index, char in enumerate(text):
        lift = random.uniform(-0.05, 0.05)
        for stroke in _DIGITS.get(char, ()):
            moved = [
                (
                    (margin + (index + 0.05 + (x + random.uniform(-shake, shake)) * 0.85) * advance_px
                     + (1 - y) * slant * height_px * 0.4) * _OVER,
                    (margin + (y + lift + random.uniform(-shake, shake)) * height_px) * _OVER,
                )
                for x, y in stroke
            ]  # fmt: skip
            _stroke(draw, _curve(moved), height_px * 0.11 * _OVER, 0.15)
    return image.resize((size[0] // _OVER, size[1] // _OVER), Image.Resampling.BOX)


def signature(width_px: int, height_px: int, seed: int) -> Image.Image:
    """A mask (`L`) of an invented signature: a few loops and a long last stroke."""
    random = Random(seed)  # noqa: S311 - pen wobble
    image = Image.new("L", (width_px * 2, height_px * 2), 0)
    draw = ImageDraw.Draw(image)
    w, h = width_px * 2, height_px * 2
    points: list[Point] = [(w * 0.08, h * random.uniform(0.6, 0.8)), (w * 0.2, h * random.uniform(0.05, 0.3))]
    x = 0.16
    for index in range(random.randint(5, 8)):
        x += random.uniform(0.03, 0.08)
        high = random.uniform(0.2, 0.45) if index % 2 else random.uniform(0.5, 0.75)
        points.append((w * x, h * high))
        if random.random() < 0.3:
            points.append((w * (x - 0.05), h * (high + random.uniform(-0.12, 0.12))))
    points += [(w * (x + 0.12), h * 0.15), (w * (x + 0.05), h * 0.85)]
    width = max(2.0, height_px * 0.03)
    _stroke(draw, _curve(points, 14), width * 1.6, 0.25)
    flourish = [(w * 0.05, h * 0.92), (w * 0.4, h * random.uniform(0.7, 0.85)), (w * 0.96, h * random.uniform(0.25, 0.55))]
    _stroke(draw, _curve(flourish, 30), width * 1.2, 0.2)
    return image.resize((width_px, height_px), Image.Resampling.BOX)
