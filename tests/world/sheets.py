"""Stacks of pages with separator sheets between them, small enough to be cheap."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pypdfium2 as pdfium
import segno
from PIL import Image

from ingest.separators import payload
from tests.world.quick_pages import DPI, quick_page


def sheet_page(facts: dict[str, str]) -> Image.Image:
    """A small page with nothing but a separator's QR code."""
    spooled = io.BytesIO()
    segno.make(payload(facts), error="m").save(spooled, kind="png", scale=8, border=4)
    page = Image.new("L", (827, 1165), 255)
    page.paste(Image.open(spooled).convert("L"), (40, 60))
    return page.convert("1", dither=Image.Dither.NONE)


def stack(path: Path, pages: Sequence[Image.Image]) -> Path:
    """A multi-page G4 TIFF of these pages."""
    first, *rest = pages
    first.save(path, save_all=True, append_images=rest, compression="group4", dpi=(DPI, DPI))
    return path


def scanned(path: Path, number: int, facts: dict[str, str]) -> Path:
    """One page behind its separator sheet."""
    return stack(path, [sheet_page(facts), quick_page(number)])


def as_scanned(path: Path) -> list[Image.Image]:
    """The pages of printed sheets as a scanner sees them, at the resolution at which codes are read."""
    document = pdfium.PdfDocument(path)
    pages = [document[place].render(scale=150 / 72, grayscale=True).to_pil() for place in range(len(document))]
    document.close()
    return pages


def torn(page: Image.Image) -> Image.Image:
    """The sheet with its QR code torn through the middle; the bar codes at the edges are left."""
    spoilt = page.copy()
    spoilt.paste(255, (0, int(page.height * 0.30), page.width, int(page.height * 0.62)))
    return spoilt


def between(sheets: Sequence[Image.Image], *, torn_at: int) -> list[Image.Image]:
    """Each sheet and one page behind it; sheet `torn_at`, counted from 1, is torn."""
    scanned_sheets = (torn(sheet) if number == torn_at else sheet for number, sheet in enumerate(sheets, 1))
    return [page.convert("1") for number, sheet in enumerate(scanned_sheets) for page in (sheet, quick_page(number))]
