"""`make bench-ocr`: our reading beside plain Tesseract and the newest OCRmyPDF, same pages, same run, in turn.

Pages are painted in every condition of the painter (other seeds paint other people, numbers, marks); real ones are added when
SOHOA_SHARED names a folder with `scans/pages`. CPU is user + system time of a reader and its children, a page.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from api.demo.painter.files import save_jpeg, save_png
from api.demo.painter.papers import PaperKind
from api.demo.painter.sets import known_conditions, paint_page
from scripts.bench_ocr_readers import ABLATIONS, OPTIONS, PEERS, Ours, PlainTesseract, Reading
from scripts.bench_ocr_scores import Score
from scripts.bench_ocr_turns import count_turns

_ROUNDS = 4
"""Each page so often when speed is measured: the last page, which one process reads while the other waits, weighs little then."""
PAPERS = ("decision", "birth", "letter", "land", "notice", "application", "marriage", "contract")


@dataclass(frozen=True, slots=True)
class Page:
    """A page on disk and its true lines."""

    kind: str
    image: Path
    dpi: float
    lines: tuple[str, ...]


@dataclass
class Tally:
    """What one reader did on one kind of page."""

    score: Score = field(default_factory=Score)
    pages: int = 0
    cpu_s: float = 0.0
    kilobytes: float = 0.0
    file_cpu_s: float = 0.0
    memory_mb: float = 0.0
    steps_s: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, page: Page, reading: Reading) -> None:
        """Count one page."""
        self.score.add(page.lines, reading.text)
        self.pages += 1
        self.cpu_s += reading.cpu_s
        self.kilobytes += reading.kilobytes
        self.file_cpu_s += reading.file_cpu_s
        self.memory_mb = max(self.memory_mb, reading.memory_mb)
        for step, seconds in reading.steps_s.items():
            self.steps_s[step] += seconds

    def shown(self) -> str:
        """CER, CERnd, WER in per cent, CPU seconds and kilobytes a page."""
        score, pages = self.score, max(self.pages, 1)
        size = f"{self.kilobytes / pages:4.0f}" if self.kilobytes else "   –"
        return f"{100 * score.cer:5.2f} {100 * score.cer_bare:5.2f} {100 * score.wer:5.2f} {self.cpu_s / pages:5.2f} {size}"


def painted(folder: Path, seeds: int, first: int, conditions: Sequence[str], papers: Sequence[str]) -> Iterator[Page]:
    """Painted pages, each condition on other papers."""
    for place, condition in enumerate(conditions):
        for seed in range(first, first + seeds):
            sheet = paint_page(papers[(seed + place) % len(papers)], 9_000 + seed, [condition])
            bitonal = sheet.image.mode == "1"
            path = folder / f"{condition}-{seed}.{'png' if bitonal else 'jpg'}"
            if bitonal:
                save_png(sheet, path)
            else:
                save_jpeg(sheet, path, quality=90, tag=condition != "phone")
            yield Page(condition, path, sheet.dpi, tuple(sheet.lines))
            path.unlink()


def real() -> Iterator[Page]:
    """The shared real pages, where they are."""
    for truth in sorted(Path(os.environ.get("SOHOA_SHARED", "../shared"), "scans", "pages").glob("*.json")):
        page = json.loads(truth.read_text(encoding="utf-8"))
        yield Page("real", truth.parent / page["image"], page.get("dpi", 300), tuple(page["lines"]))


def compare(pages: Iterable[Page], peers: Sequence[str]) -> dict[str, dict[str, Tally]]:
    """By kind of page and reader; who begins alternates."""
    ours = Ours()
    rows: dict[str, dict[str, Tally]] = defaultdict(lambda: defaultdict(Tally))
    for number, page in enumerate(pages):
        if not number:
            ours.read(page.image)  # loads the model
        readers = ["sohoa", *peers]
        for name in readers if number % 2 else reversed(readers):
            reading = ours.read(page.image) if name == "sohoa" else PEERS[name](page.image, page.dpi)
            for kind in {page.kind, "real" if page.kind == "real" else "all painted"}:
                rows[kind][name].add(page, reading)
    return rows


def show(rows: dict[str, dict[str, Tally]], readers: Sequence[str]) -> None:
    """Tables in Markdown."""
    print("CER %, CER without diacritics %, WER %, CPU s a page, KB a page of searchable PDF.\n")
    print(f"| pages | {' | '.join(readers)} |\n|---|{'---|' * len(readers)}")
    for kind, row in rows.items():
        print(f"| {kind} ({row['sohoa'].pages}) | {' | '.join(row[name].shown() for name in readers)} |")
    print("\n| step (CPU ms a page) | " + " | ".join(rows) + " |\n|---|" + "---|" * len(rows))
    steps = next(iter(rows.values()))["sohoa"].steps_s
    for step in steps:
        cells = (1000 * row["sohoa"].steps_s[step] / row["sohoa"].pages for row in rows.values())
        print(f"| {step} | {' | '.join(f'{cell:.0f}' for cell in cells)} |")
    written = (1000 * row["sohoa"].file_cpu_s / row["sohoa"].pages for row in rows.values())
    print(f"| PDF written | {' | '.join(f'{cell:.0f}' for cell in written)} |")
    print(f"\nPeak memory of the reading process: {max(row['sohoa'].memory_mb for row in rows.values()):.0f} MB")


def ablate(pages: Sequence[Page]) -> None:
    """What each step is worth: CER and CPU without it, real and painted pages apart."""
    ours = Ours()
    print("\n| setting | real: CER %, CPU s | painted: CER %, CPU s |\n|---|---|---|")
    for setting in ("", *ABLATIONS, *OPTIONS):
        tallies = {"real": Tally(), "painted": Tally()}
        for page in pages:
            tallies["real" if page.kind == "real" else "painted"].add(page, ours.read(page.image, setting, with_file=False))
        cells = (f"{100 * tally.score.cer:.2f} {tally.cpu_s / max(tally.pages, 1):.2f}" for tally in tallies.values())
        print(f"| {setting or 'as it is'} | {' | '.join(cells)} |", flush=True)


def show_speed(images: list[Path]) -> None:
    """Pages a minute in one process and in one a core, and how many times faster that is; on an idle machine only."""
    for name, reader in (("sohoa", Ours), ("tesseract", PlainTesseract)):
        speeds = []
        for workers in sorted({1, os.cpu_count() or 1}):
            several = reader(workers)
            several.pages_a_minute(images[:workers])
            speeds.append(several.pages_a_minute(_ROUNDS * images))
            print(f"\n{name}, {workers} at once: {speeds[-1]:.1f} pages a minute, {speeds[-1] / speeds[0]:.2f} times one")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=1, help="painted pages for each condition")
    parser.add_argument("--first-seed", type=int, default=0, help="begin with other pages")
    parser.add_argument("--conditions", nargs="*", default=known_conditions(), metavar="NAME", help=", ".join(known_conditions()))
    parser.add_argument("--papers", nargs="*", default=PAPERS, metavar="NAME", help=", ".join(PaperKind))
    parser.add_argument("--peers", nargs="*", default=list(PEERS), choices=list(PEERS), help="readers to compare with")
    parser.add_argument("--no-real", action="store_true", help="painted pages only")
    parser.add_argument("--ablation", action="store_true", help="also leave each step out in turn (ours only)")
    parser.add_argument("--speed", action="store_true", help="also pages a minute on one core and on all, and their ratio")
    parser.add_argument("--turns", action="store_true", help="count pages set upright at every quarter turn, and nothing else")
    return parser.parse_args()


def main() -> None:
    """Measure and print."""
    asked = arguments()
    with tempfile.TemporaryDirectory() as folder:
        if asked.turns:
            ours, seeds = Ours(), range(asked.first_seed, asked.first_seed + asked.seeds)
            count_turns(
                lambda path: ours.read(path, with_file=False).turn_deg, Path(folder), asked.conditions, asked.papers, seeds
            )
            return
        taken = () if asked.no_real else tuple(real())
        made = painted(Path(folder), asked.seeds, asked.first_seed, asked.conditions, asked.papers)
        show(compare(chain(taken, made), asked.peers), ["sohoa", *asked.peers])
        if asked.ablation or asked.speed:
            keeping = Path(folder, "kept")
            keeping.mkdir()
            kept = [*taken, *_kept(painted(Path(folder), asked.seeds, asked.first_seed, asked.conditions, asked.papers), keeping)]
            if asked.ablation:
                ablate(kept)
            if asked.speed:
                show_speed([page.image for page in kept])


def _kept(pages: Iterable[Page], folder: Path) -> Iterator[Page]:
    for page in pages:
        place = folder / page.image.name
        place.write_bytes(page.image.read_bytes())
        yield Page(page.kind, place, page.dpi, page.lines)


if __name__ == "__main__":
    main()
