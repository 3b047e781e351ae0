"""Small pages that Tesseract reads in a moment, each different, for tests about everything but reading."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from api.demo.painter.fonts import find_font

DPI = 200


def quick_page(number: int, words: str = "Quyết định số") -> Image.Image:
    """A small bitonal page (A6 at 200 dpi) with two lines of text."""
    page = Image.new("L", (827, 1165), 255)
    pen = ImageDraw.Draw(page)
    font = ImageFont.truetype(str(find_font("LiberationSerif-Regular.ttf")), 44)
    pen.text((70, 120), f"{words} {number}", fill=0, font=font)
    pen.text((70, 220), "Ủy ban nhân dân xã Tân Phước", fill=0, font=font)
    return page.convert("1", dither=Image.Dither.NONE)


def quick_pages(path: Path, count: int) -> Path:
    """A multi-page G4 TIFF of `count` different pages."""
    first, *rest = [quick_page(number + 1) for number in range(count)]
    first.save(path, save_all=True, append_images=rest, compression="group4", dpi=(DPI, DPI))
    return path
