"""The named pictures of a plan: tinted certificate paper, frames, stars, a card's portrait, a plot of land, QR codes."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

import segno
from PIL import Image, ImageChops, ImageDraw

from api.demo.painter.plan import Drawing, Ink

Rect = tuple[int, int, int, int]


def star_points(x: float, y: float, radius: float, turn: float = 0.0) -> list[tuple[float, float]]:
    """The ten corners of a five-pointed star standing upright, turned clockwise by `turn` radians."""
    return [
        (
            x + radius * (1 if corner % 2 == 0 else 0.382) * math.sin(math.pi * corner / 5 + turn),
            y - radius * (1 if corner % 2 == 0 else 0.382) * math.cos(math.pi * corner / 5 + turn),
        )
        for corner in range(10)
    ]


def _tint(ink: Ink, strength: float) -> Ink:
    red, green, blue = (round(255 - (255 - part) * strength) for part in ink)
    return (red, green, blue)


def _panel(image: Image.Image, area: Rect, item: Drawing) -> None:
    """Tinted security paper: a flat tint with fine waves, much paler than any text."""
    width, height = area[2] - area[0], area[3] - area[1]
    tile = Image.new("RGB", (width, height), _tint(item.ink, 0.16))
    draw = ImageDraw.Draw(tile)
    step = max(6, width // 60)
    for row in range(-step, height + step, step):
        points = [(x, row + step * math.sin(x / (step * 3.0) + row * 0.7)) for x in range(0, width + step, max(2, step // 2))]
        draw.line(points, fill=_tint(item.ink, 0.24), width=1)
    image.paste(tile, area[:2])


def _frame(image: Image.Image, area: Rect, item: Drawing) -> None:
    """A double frame with small lozenges, as on civil-status certificates."""
    draw = ImageDraw.Draw(image)
    gap = max(4, (area[2] - area[0]) // 90)
    draw.rectangle(area, outline=item.ink, width=max(2, gap // 4))
    inner = (area[0] + gap, area[1] + gap, area[2] - gap, area[3] - gap)
    draw.rectangle(inner, outline=item.ink, width=max(1, gap // 8))
    half = gap / 2
    for x in range(area[0] + gap, area[2] - gap, gap):
        for y in (area[1] + half, area[3] - half):
            draw.polygon([(x, y), (x + half, y - half * 0.6), (x + gap, y), (x + half, y + half * 0.6)], outline=item.ink)
    for y in range(area[1] + gap, area[3] - gap, gap):
        for x0 in (area[0] + half, area[2] - half):
            draw.polygon([(x0, y), (x0 + half * 0.6, y + half), (x0, y + gap), (x0 - half * 0.6, y + half)], outline=item.ink)


def _star(image: Image.Image, area: Rect, item: Drawing) -> None:
    """A five-pointed star in a ring: stands where a real paper carries the state emblem, which is not copied."""
    x, y, radius = (area[0] + area[2]) / 2, (area[1] + area[3]) / 2, (area[2] - area[0]) / 2
    mask = Image.new("L", image.size, 0).crop(area)
    big = mask.resize((mask.width * 4, mask.height * 4))
    draw = ImageDraw.Draw(big)
    draw.ellipse((4, 4, big.width - 5, big.height - 5), outline=255, width=max(2, big.width // 25))
    draw.polygon(star_points(big.width / 2, big.height / 2, radius * 4 * 0.72), fill=255)
    image.paste(item.ink, (round(x - radius), round(y - radius)), big.resize(mask.size, Image.Resampling.BOX))


def _portrait(image: Image.Image, area: Rect, item: Drawing) -> None:
    """A grey head and shoulders: nobody's face."""
    width, height = area[2] - area[0], area[3] - area[1]
    x0, y0, x1, y1 = 0, 0, width, height
    tile = Image.new("RGB", (width, height), (206, 222, 236))
    draw = ImageDraw.Draw(tile)
    draw.ellipse((x0 + width * 0.1, y0 + height * 0.68, x1 - width * 0.1, y1 + height * 0.5), fill=item.ink)
    draw.rectangle((x0 + width * 0.42, y0 + height * 0.55, x0 + width * 0.58, y0 + height * 0.72), fill=(188, 178, 170))
    draw.ellipse((x0 + width * 0.28, y0 + height * 0.14, x0 + width * 0.72, y0 + height * 0.62), fill=(198, 188, 180))
    draw.chord((x0 + width * 0.26, y0 + height * 0.1, x0 + width * 0.74, y0 + height * 0.5), 180, 360, fill=(52, 48, 50))
    image.paste(tile, area[:2])


def _chip(image: Image.Image, area: Rect, item: Drawing) -> None:
    """The contact plate of a chip card."""
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle(area, radius=(area[2] - area[0]) // 8, fill=(214, 186, 108), outline=(150, 124, 60), width=2)
    x, y = (area[0] + area[2]) // 2, (area[1] + area[3]) // 2
    draw.line((area[0], y, area[2], y), fill=item.ink, width=1)
    draw.line((x, area[1], x, area[3]), fill=item.ink, width=1)
    draw.rectangle(
        (x - (x - area[0]) // 2, y - (y - area[1]) // 2, x + (x - area[0]) // 2, y + (y - area[1]) // 2), outline=item.ink
    )


def _plot(image: Image.Image, area: Rect, item: Drawing) -> None:
    """The sketch of a plot of land: a crooked quadrilateral with a road and a north arrow."""
    random = Random(item.seed)  # noqa: S311 - a sketch
    x0, y0, x1, y1 = area
    width, height = x1 - x0, y1 - y0
    corners = [
        (x0 + width * (fx + random.uniform(-0.06, 0.06)), y0 + height * (fy + random.uniform(-0.05, 0.05)))
        for fx, fy in ((0.28, 0.22), (0.72, 0.2), (0.76, 0.74), (0.25, 0.78))
    ]
    draw = ImageDraw.Draw(image)
    line = max(1, width // 260)
    draw.line([*corners, corners[0]], fill=item.ink, width=line * 2)
    for x, y in corners:
        draw.ellipse((x - line * 3, y - line * 3, x + line * 3, y + line * 3), fill=(255, 255, 255), outline=item.ink, width=line)
    for shift in (0.88, 0.96):
        draw.line(
            [(x0 + width * 0.04, y0 + height * shift), (x1 - width * 0.04, y0 + height * (shift - 0.03))],
            fill=item.ink,
            width=line,
        )
    x, y, size = x1 - width * 0.1, y0 + height * 0.2, height * 0.1
    draw.polygon([(x, y - size), (x + size * 0.25, y), (x, y - size * 0.2), (x - size * 0.25, y)], fill=item.ink)


def _qr(image: Image.Image, area: Rect, item: Drawing) -> None:
    """A QR code (UTF-8, error correction M) filling the area with whole pixels per module and a quiet zone."""
    matrix = segno.make_qr(item.text, error="m", encoding="utf-8").matrix
    count, border = len(matrix), 2
    scale = max(1, (area[2] - area[0]) // (count + 2 * border))
    side = (count + 2 * border) * scale
    tile = Image.new("L", (count + 2 * border, count + 2 * border), 255)
    for row, modules in enumerate(matrix):
        for column, dark in enumerate(modules):
            if dark:
                tile.putpixel((column + border, row + border), 12)
    big = tile.resize((side, side), Image.Resampling.NEAREST).convert("RGB")
    image.paste(big, (area[2] - side, area[1]))


def _outline(image: Image.Image, area: Rect, item: Drawing) -> None:
    ImageDraw.Draw(image).rectangle(area, outline=item.ink, width=max(1, image.width // 1200))


KINDS: dict[str, Callable[[Image.Image, Rect, Drawing], None]] = {
    "panel": _panel, "frame": _frame, "star": _star, "portrait": _portrait, "chip": _chip, "plot": _plot, "qr": _qr,
    "outline": _outline,
}  # fmt: skip


def multiply(image: Image.Image, mask: Image.Image, ink: Ink, corner: tuple[int, int]) -> None:
    """Lay ink over the page the way stamps and pens do: what is dark below stays dark."""
    left, top = max(0, corner[0]), max(0, corner[1])
    right, bottom = min(image.width, corner[0] + mask.width), min(image.height, corner[1] + mask.height)
    if right <= left or bottom <= top:
        return
    part = mask.crop((left - corner[0], top - corner[1], right - corner[0], bottom - corner[1]))
    layer = Image.composite(Image.new("RGB", part.size, ink), Image.new("RGB", part.size, (255, 255, 255)), part)
    image.paste(ImageChops.multiply(image.crop((left, top, right, bottom)), layer), (left, top))
