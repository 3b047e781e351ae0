"""Stacks of pages with separator sheets between them, small enough to be cheap."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

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
