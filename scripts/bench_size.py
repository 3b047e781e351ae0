"""`make bench-size`: KB a page of our copy beside OCRmyPDF on the same pages, and how alike the copy is to the scan.

Pages are the shared real ones (SOHOA_SHARED) and painted ones. Likeness is the structural similarity of what poppler draws at
the scan's own resolution to the scan, over all writing and over the worst coloured region (`ocr.layers.guard`). OCRmyPDF, when
a program of that name is given, runs with `-l vie --deskew --rotate-pages --clean --output-type pdfa-2`. CPU of ours is
building the copy of one page without reading, of OCRmyPDF everything it does.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from PIL import Image

from api.demo.painter.files import save_png
from api.demo.painter.sets import paint_page
from ingest.identify import identify
from ingest.model import PageImage
from ingest.options import IntakeOptions
from ingest.split import page_images
from ocr.layers.guard import similarity
from ocr.layers.regions import find
from ocr.layers.source import Source
from ocr.model import DocumentInfo, PageText, TextSource
from ocr.searchable import build

PAINTED = ("clean", "scanner", "signed", "sealed", "seal_on_text", "entry_stamp", "bitonal", "faded", "bleed", "phone")
INFO = DocumentInfo("Bản số hóa", "", "", datetime(2026, 11, 1, tzinfo=UTC), "00" * 32)
PEER = "-l vie --deskew --rotate-pages --clean --output-type pdfa-2 --jobs 1 --image-dpi"


def cpu_s() -> float:
    """CPU seconds of this process and its finished children."""
    parts = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in parts)


def sources(folder: Path) -> Iterator[tuple[str, Path]]:
    """Name and file of each page; painted ones as a scanner's JPEG."""
    shared = Path(os.environ.get("SOHOA_SHARED", "../shared"), "scans", "pages")
    yield from ((path.stem, path) for path in sorted(shared.glob("*")) if path.suffix in {".jpg", ".png"})
    for seed, condition in enumerate(PAINTED):
        path = folder / f"painted-{condition}.png"
        save_png(paint_page("decision", 9_100 + seed, [condition]), path)
        with Image.open(path) as image:
            if image.mode != "1":
                image.convert("RGB").save(path.with_suffix(".jpg"), quality=80, dpi=image.info.get("dpi", (300, 300)))
                path = path.with_suffix(".jpg")
        yield path.stem, path


def likeness(page: PageImage, pdf: Path) -> tuple[float, float]:
    """Of all writing together, and of the worst coloured region, as poppler draws it."""
    shown = pdf.with_suffix(".shown")
    subprocess.run(["pdftoppm", "-r", str(page.dpi), "-png", "-singlefile", str(pdf), str(shown)], check=True)
    with Image.open(f"{shown}.png") as drawn, Image.open(page.path) as scanned:
        source = Source.of(scanned, page.path, page.dpi)
        ours = np.asarray(drawn.convert("L"))[: page.height_px, : page.width_px]
    if ours.shape != source.grey.shape:
        return 0.0, 0.0
    regions = find(source)
    text = similarity(source.grey, ours, list(regions.writing)) if regions.writing else 1.0
    return text, min([similarity(source.grey, ours, [area]) for area in regions.coloured], default=1.0)


def peer(program: str, path: Path, dpi: float, out: Path) -> tuple[float, float]:
    """KB and CPU seconds of OCRmyPDF; zeros without it or when it fails."""
    if not program:
        return 0.0, 0.0
    before = cpu_s()
    command = [program, *PEER.split(), str(round(dpi)), str(path), str(out)]
    subprocess.run(command, check=False, capture_output=True, env=os.environ | {"OMP_THREAD_LIMIT": "1"})
    return (out.stat().st_size / 1024 if out.exists() else 0.0), cpu_s() - before


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ocrmypdf", default="", help="the program, for instance from a virtual environment of its own")
    program = parser.parse_args().ocrmypdf
    print("| page | coding | writing | worst colour | KB | CPU s | OCRmyPDF KB | CPU s | share |")
    print("|---|---|---|---|---|---|---|---|---|")
    totals = np.zeros(4)
    options = IntakeOptions()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for title, path in sources(folder):
            (page,) = page_images(str(path), identify(str(path), path.name, options), name, 0, 0, options)
            text = PageText(page.width_px, page.height_px, page.dpi, (), TextSource.NONE, "none")
            before = cpu_s()
            (coding,) = build([(page, text)], str(folder / "copy.pdf"), INFO)
            row = [(folder / "copy.pdf").stat().st_size / 1024, cpu_s() - before]
            alike = likeness(page, folder / "copy.pdf")
            row += peer(program, path, page.dpi, folder / f"{title}.peer.pdf")
            share = f"{100 * row[0] / row[2]:.0f} %" if row[2] else "–"
            totals += row
            figures = f"{alike[0]:.4f} | {alike[1]:.4f} | {row[0]:.0f} | {row[1]:.2f} | {row[2]:.0f} | {row[3]:.1f}"
            print(f"| {title} | {coding.coding} | {figures} | {share} |", flush=True)
    share = f"{100 * totals[0] / totals[2]:.0f} %" if totals[2] else "–"
    print(f"| all | | | | {totals[0]:.0f} | {totals[1]:.2f} | {totals[2]:.0f} | {totals[3]:.1f} | {share} |")


if __name__ == "__main__":
    main()
