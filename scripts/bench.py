"""`make bench`: our reading beside plain Tesseract, same pages, same run.

Pages are painted (every condition of the painter); real ones are added when SOHOA_SHARED names a folder with `scans/pages`.
CER here is order-free: the edit distance of each true line to its best place in what was read, over the characters of truth.
CPU is user + system time of the reader and its children, a page; the order of the two readers alternates.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import edlib

from api.demo.painter.files import save_png
from api.demo.painter.sets import known_conditions, paint_page
from ingest.identify import identify
from ingest.options import IntakeOptions
from ingest.split import page_images
from ocr.options import ReadOptions
from ocr.recognise import read_page

PAPERS = ("decision", "notice", "letter", "birth")
Reader = Callable[[Path], str]


@dataclass
class Tally:
    """What one reader did on one kind of page."""

    characters: int = 0
    wrong: int = 0
    cpu_s: float = 0.0
    pages: int = 0

    def add(self, lines: list[str], text: str, cpu_s: float) -> None:
        """Count one page."""
        flat = " ".join(text.split())
        self.characters += sum(map(len, lines))
        self.wrong += sum(min(len(line), distance(line, flat)) for line in lines)
        self.cpu_s += cpu_s
        self.pages += 1

    def shown(self) -> str:
        """CER in per cent and CPU seconds a page."""
        return f"{100 * self.wrong / max(1, self.characters):6.2f} % {self.cpu_s / max(1, self.pages):5.2f} s"


@dataclass
class Row:
    """Both readers on one kind of page."""

    ours: Tally = field(default_factory=Tally)
    plain: Tally = field(default_factory=Tally)


def distance(line: str, text: str) -> int:
    """Edit distance of a line to its best place in a text."""
    return int(edlib.align(line, text, mode="HW", task="distance")["editDistance"]) if text else len(line)


def ours(image: Path) -> str:
    """Our text of an image file."""
    options = IntakeOptions()
    found = identify(str(image), image.name, options)
    with tempfile.TemporaryDirectory() as folder:
        (page,) = page_images(str(image), found, folder, 0, 0, options)
        return read_page(page, ReadOptions()).text


def plain(image: Path) -> str:
    """Plain Tesseract's text of an image file."""
    command = ["tesseract", str(image), "-", "-l", "vie", "--psm", "3"]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | {"OMP_THREAD_LIMIT": "1"}).stdout


def cpu_s() -> float:
    """CPU seconds of this process and its finished children."""
    parts = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in parts)


def painted(folder: Path, seeds: int) -> Iterator[tuple[str, Path, list[str]]]:
    """Condition, image file and true lines of painted pages."""
    for condition in known_conditions():
        for seed in range(seeds):
            page = paint_page(PAPERS[seed % len(PAPERS)], 9_000 + seed, [condition])
            path = folder / f"{condition}-{seed}.png"
            save_png(page, path)
            yield condition, path, list(page.lines)
            path.unlink()


def real() -> Iterator[tuple[str, Path, list[str]]]:
    """The shared real pages, where they are."""
    for truth in sorted(Path(os.environ.get("SOHOA_SHARED", "../shared"), "scans", "pages").glob("*.json")):
        page = json.loads(truth.read_text(encoding="utf-8"))
        yield "real", truth.parent / page["image"], page["lines"]


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="painted pages for each condition")
    seeds = parser.parse_args().seeds
    rows: dict[str, Row] = defaultdict(Row)
    with tempfile.TemporaryDirectory() as folder:
        for number, (condition, image, lines) in enumerate(chain(real(), painted(Path(folder), seeds))):
            both = [(ours, rows[condition].ours), (plain, rows[condition].plain)]
            for reader, tally in both if number % 2 else reversed(both):
                before = cpu_s()
                text = reader(image)
                tally.add(lines, text, cpu_s() - before)
    print("| pages | Sohoa: CER, CPU a page | plain Tesseract: CER, CPU a page |\n|---|---|---|")
    for condition, row in rows.items():
        print(f"| {condition} ({row.ours.pages}) | {row.ours.shown()} | {row.plain.shown()} |")


if __name__ == "__main__":
    main()
