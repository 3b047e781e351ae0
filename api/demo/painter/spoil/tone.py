"""What light, optics, ink and compression do to the pixels; nothing moves."""

from __future__ import annotations

import io

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageChops, ImageFilter, ImageOps

from api.demo.painter.page import PaintedPage


def _field(size: tuple[int, int], rng: Generator, low: float, high: float, cells: int = 5) -> Image.Image:
    """A smooth random grey field (`L`) with values from `low` to `high` (0 to 1)."""
    coarse = rng.uniform(low * 255, high * 255, (cells, cells)).astype(np.uint8)
    small = Image.fromarray(coarse).resize((size[0] // 8 + 1, size[1] // 8 + 1), Image.Resampling.BICUBIC)
    return small.resize(size, Image.Resampling.BILINEAR)


def noise(page: PaintedPage, rng: Generator, strength: float = 14.0, dust: float = 3.3e-5) -> PaintedPage:
    """Sensor noise (standard deviation in grey levels) and dust specks (share of the pixels)."""
    pixels = np.asarray(page.image.convert("RGB")).astype(np.int16)
    tile = rng.normal(0, strength, (509, 521)).astype(np.int16)
    down, across = -(-pixels.shape[0] // 509), -(-pixels.shape[1] // 521)
    pixels += np.tile(tile, (down, across))[: pixels.shape[0], : pixels.shape[1], None]
    count = int(pixels.shape[0] * pixels.shape[1] * dust)
    rows, columns = rng.integers(0, pixels.shape[0] - 3, count), rng.integers(0, pixels.shape[1] - 3, count)
    for row, column, size in zip(rows, columns, rng.integers(1, 3, count), strict=True):
        pixels[row : row + size, column : column + size] = 60
    return page.with_image(Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)))


def blur(page: PaintedPage, rng: Generator, radius_pt: float = 0.34) -> PaintedPage:
    """A lens out of focus; the radius is in points of the page, so it spoils every resolution alike."""
    radius = radius_pt * page.dpi / 72 * float(rng.uniform(0.85, 1.15))
    return page.with_image(page.image.filter(ImageFilter.GaussianBlur(radius)))


def jpeg(page: PaintedPage, rng: Generator, quality: int = 0) -> PaintedPage:
    """Strong JPEG compression, quality 18 to 32 unless given."""
    buffer = io.BytesIO()
    page.image.convert("RGB").save(buffer, "JPEG", quality=quality or int(rng.integers(18, 33)))
    return page.with_image(Image.open(buffer).convert("RGB"))


def faded(page: PaintedPage, rng: Generator) -> PaintedPage:
    """Old thermal or typewriter ink: grey, unevenly so, on yellowed paper."""
    veil = _field(page.image.size, rng, 0.42, 0.68, 7)
    white = Image.new("RGB", page.image.size, (255, 255, 255))
    pale = Image.composite(white, page.image.convert("RGB"), veil)
    return page.with_image(ImageChops.multiply(pale, Image.new("RGB", pale.size, (250, 244, 226))))


def uneven_light(page: PaintedPage, rng: Generator, dark: float = 0.45) -> PaintedPage:
    """A shadow falling over the page: brightness between `dark` and 1, changing slowly."""
    field = _field(page.image.size, rng, dark, 1.0, 3)
    return page.with_image(ImageChops.multiply(page.image.convert("RGB"), Image.merge("RGB", (field, field, field))))


def bleed_through(page: PaintedPage, rng: Generator) -> PaintedPage:
    """The mirrored print of the sheet's other side, shining through."""
    back = ImageOps.mirror(page.image.convert("L")).filter(ImageFilter.GaussianBlur(page.dpi / 72 * 0.3))
    back = ImageChops.offset(back, int(rng.integers(-40, 40)), int(rng.integers(20, 120)))
    share = float(rng.uniform(0.16, 0.26))
    pale = back.point([round(255 - (255 - level) * share) for level in range(256)])
    return page.with_image(ImageChops.multiply(page.image.convert("RGB"), Image.merge("RGB", (pale, pale, pale))))


def scanner(page: PaintedPage, rng: Generator) -> PaintedPage:
    """An ordinary colour scanner: hardly visible grain, slightly soft edges, paper not quite white."""
    soft = page.image.convert("RGB").filter(ImageFilter.BoxBlur(page.dpi / 72 * 0.12))
    tint = Image.new("RGB", soft.size, (253, 253, 251))
    return noise(page.with_image(ImageChops.multiply(soft, tint)), rng, 3.0, 4e-6)


def bitonal(page: PaintedPage, rng: Generator) -> PaintedPage:
    """Black and white only, as for a fax or a G4 TIFF."""
    grey = page.image.convert("L")
    level = 172 + int(rng.integers(-12, 13))
    return page.with_image(grey.point([0] * level + [255] * (256 - level), "1"))
