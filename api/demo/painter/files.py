"""Writes painted pages as the files a scanner or a phone makes, with the right resolution tag."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from api.demo.painter.page import PaintedPage

_WHEN = time.gmtime(1_767_225_600)
"""1 January 2026: a fixed date inside PDFs, so that equal pages make equal bytes."""


def save_jpeg(page: PaintedPage, path: Path, *, quality: int = 88, tag: bool = True) -> Path:
    """A JPEG; without `tag` it carries no resolution, as phone photos do."""
    extra = {"dpi": (page.dpi, page.dpi)} if tag else {}
    page.image.convert("RGB").save(path, "JPEG", quality=quality, **extra)
    return path


def save_png(page: PaintedPage, path: Path) -> Path:
    """A PNG, bitonal when the page is."""
    page.image.save(path, "PNG", dpi=(page.dpi, page.dpi))
    return path


def _bitonal(image: Image.Image) -> Image.Image:
    return image if image.mode == "1" else image.convert("L").point([0] * 150 + [255] * 106, "1")


def save_tiff(pages: Sequence[PaintedPage], path: Path, *, g4: bool = True) -> Path:
    """A TIFF of one or more pages: bitonal with CCITT group 4, or colour with JPEG compression."""
    images = [_bitonal(page.image) if g4 else page.image.convert("RGB") for page in pages]
    images[0].save(
        path, "TIFF", compression="group4" if g4 else "jpeg", dpi=(pages[0].dpi, pages[0].dpi),
        save_all=True, append_images=images[1:],
    )  # fmt: skip
    return path


def save_scan_pdf(pages: Sequence[PaintedPage], path: Path, *, quality: int = 82) -> Path:
    """A PDF of scanned pages, one JPEG (or bitonal G4 image) a page, no text."""
    images = [page.image if page.image.mode == "1" else page.image.convert("RGB") for page in pages]
    images[0].save(
        path, "PDF", resolution=pages[0].dpi, save_all=True, append_images=images[1:], quality=quality,
        creationDate=_WHEN, modDate=_WHEN, producer="Máy quét mẫu",
    )  # fmt: skip
    return path


def truth_json(page: PaintedPage, image_name: str) -> str:
    """The truth about a page: what score.py reads, with words and normalised fields besides."""
    truth = {
        "image": image_name,
        "dpi": page.dpi,
        "truth": f"painted: {page.kind}, page {page.number}",
        "lines": list(page.lines),
        "fields": {name: list(parts) for name, parts in page.printed.items()},
        "facts": page.fields,
        "codes": list(page.codes),
        "words": [
            [word.text, *(round(edge, 1) for edge in (word.box.x0, word.box.y0, word.box.x1, word.box.y1))] for word in page.words
        ],
    }
    return json.dumps(truth, ensure_ascii=False, indent=1)
