"""Small painted papers for tests of other rooms, painted once a process and given out as bytes or files.

Bytes are equal in every run: a test may rely on their hash staying the same within a version of the painter.
"""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

from api.demo.painter.files import save_jpeg, save_scan_pdf, save_tiff
from api.demo.painter.page import PaintedPage
from api.demo.painter.papers import PaperKind, paint, plan_paper
from api.demo.painter.spoil.conditions import spoil
from api.demo.painter.textpdf import save_text_pdf


@lru_cache(maxsize=64)
def page(
    kind: str = PaperKind.NOTICE, seed: int = 5, dpi: int = 150, conditions: tuple[str, ...] = (), number: int = 1
) -> PaintedPage:
    """One painted page with its truth."""
    return spoil(paint(kind, seed, dpi)[number - 1], conditions, seed)


@lru_cache(maxsize=64)
def jpeg(kind: str = PaperKind.NOTICE, seed: int = 5, dpi: int = 150, conditions: tuple[str, ...] = ()) -> bytes:
    """A one-page JPEG with the right dpi tag."""
    with tempfile.TemporaryDirectory() as folder:
        return save_jpeg(page(kind, seed, dpi, conditions), Path(folder) / "a.jpg").read_bytes()


@lru_cache(maxsize=64)
def scan_pdf(kind: str = PaperKind.NOTICE, seed: int = 5, dpi: int = 150, conditions: tuple[str, ...] = ()) -> bytes:
    """A PDF of scanned pages: every page of the paper, no text."""
    pages = [spoil(one, conditions, seed) for one in paint(kind, seed, dpi)]
    with tempfile.TemporaryDirectory() as folder:
        return save_scan_pdf(pages, Path(folder) / "a.pdf").read_bytes()


@lru_cache(maxsize=64)
def tiff(kind: str = PaperKind.DECISION, seed: int = 5, dpi: int = 150) -> bytes:
    """A multi-page bitonal G4 TIFF."""
    with tempfile.TemporaryDirectory() as folder:
        return save_tiff(paint(kind, seed, dpi), Path(folder) / "a.tif").read_bytes()


@lru_cache(maxsize=64)
def text_pdf(kind: str = PaperKind.NOTICE, seed: int = 5) -> bytes:
    """A born-digital PDF with real text."""
    with tempfile.TemporaryDirectory() as folder:
        return save_text_pdf(plan_paper(kind, seed), Path(folder) / "a.pdf").read_bytes()


def written(data: bytes, path: Path) -> Path:
    """The bytes as a file."""
    path.write_bytes(data)
    return path
