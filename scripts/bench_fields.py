"""`make bench-fields`: how many register fields are right, how many wrong ones a person would never see.

Whole papers of every kind are painted, spoilt as offices spoil them, read, classified and taken apart; the painter knows the
truth. A field is *accepted* when no person would be asked about it; a wrong accepted field is a silent error. Handwritten numbers
and days (every second administrative paper) are counted apart from print.
"""

from __future__ import annotations

import argparse
import tempfile
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from api.demo.painter.files import save_jpeg, save_png
from api.demo.painter.papers import PaperKind, paint
from api.demo.painter.sets import MIX
from api.demo.painter.spoil.conditions import spoil
from ingest.identify import identify
from ingest.options import IntakeOptions
from ingest.split import page_images
from ocr.fields.classify import classify
from ocr.fields.extract import extract
from ocr.fields.types import catalogue
from ocr.options import ReadOptions, ReviewOptions
from ocr.recognise import read_page
from ocr.review.decide import doubtful

TYPES = {
    "birth": "birth_certificate",
    "marriage": "marriage_certificate",
    "land": "land_certificate",
    "id_card": "identity_card",
    "application": "application_form",
    "contract": "contract",
}
"""Paper type of each painted kind; the others are administrative documents."""
BY_HAND = {"number", "issued_on"}
CARD_SAFE = frozenset(
    {"skew", "scanner", "noise", "jpeg", "faded", "dpi150", "dpi200", "turn90", "turn180", "light", "blur", "phone"}
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One true field and what became of it."""

    name: str
    kind: str
    condition: str
    by_hand: bool
    truth: str
    value: str
    accepted: bool

    @property
    def right(self) -> bool:
        """Exactly right after normalisation."""
        return same(self.truth, self.value)


@dataclass
class Tally:
    """Counts over fields."""

    fields: int = 0
    right: int = 0
    accepted: int = 0
    silent: int = 0
    missing: int = 0
    lines: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Count one."""
        self.fields += 1
        self.right += outcome.right
        self.accepted += outcome.accepted
        self.missing += not outcome.value
        self.silent += outcome.accepted and not outcome.right

    def shown(self) -> str:
        """Cells of a table: fields, right, to a person, silent."""
        total = max(self.fields, 1)
        return (
            f"{self.fields} | {100 * self.right / total:.1f} | {100 * (1 - self.accepted / total):.1f} | "
            f"{100 * self.silent / total:.2f} ({self.silent}) | {100 * self.missing / total:.1f}"
        )


def same(truth: str, value: str) -> bool:
    """NFC, white space folded, capitals aside: what a register keeps."""
    return _plain(truth) == _plain(value)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def paper_outcomes(job: tuple[str, int, tuple[str, ...]]) -> tuple[str, str, list[Outcome]]:
    """One paper painted, read and taken apart: its kind, the type it was taken for, its fields."""
    kind, seed, conditions = job
    by_hand = seed % 2 == 1 and kind not in TYPES
    truth: dict[str, str] = {}
    texts = []
    with tempfile.TemporaryDirectory() as folder:
        for page in paint(kind, seed, 300, by_hand=by_hand):
            truth |= page.fields
            spoilt = spoil(page, conditions, seed)
            save = save_png if "bitonal" in conditions else save_jpeg
            path = save(spoilt, Path(folder, f"{page.number}.{'png' if save is save_png else 'jpg'}"))
            found = identify(str(path), path.name, IntakeOptions())
            images = page_images(str(path), found, folder, 0, 0, IntakeOptions())
            texts += [read_page(image, ReadOptions()) for image in images]
    taken = classify(texts).paper_type
    specs = {spec.name: spec for spec in catalogue()[taken].fields}
    fields = {one.name: one for one in extract(taken, texts)}
    outcomes = []
    for name, value in truth.items():
        got = fields.get(name)
        accepted = got is not None and not doubtful(got, specs.get(name), ReviewOptions())
        hand = by_hand and name in BY_HAND
        outcomes.append(Outcome(name, kind, "+".join(conditions), hand, value, got.value if got else "", accepted))
    return kind, taken, outcomes


def jobs(kinds: Sequence[str], seeds: int, first: int) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Every kind meets the conditions in turn."""
    place = 0
    for seed in range(first, first + seeds):
        for kind in kinds:
            names = MIX[place % len(MIX)]
            place += 1
            if kind == PaperKind.ID_CARD:
                names = tuple(name for name in names if name in CARD_SAFE) or ("scanner",)
            yield kind, 50_000 + seed, names


def show(title: str, rows: dict[str, Tally]) -> None:
    """A table, most fields first."""
    print(f"\n| {title} | fields | right % | to a person % | silent errors % | empty % |\n|---|---|---|---|---|---|")
    for name, tally in sorted(rows.items(), key=lambda row: -row[1].fields):
        print(f"| {name} | {tally.shown()} |")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=4, help="papers of each kind")
    parser.add_argument("--first-seed", type=int, default=0, help="begin with other papers")
    parser.add_argument("--papers", nargs="*", default=[str(kind) for kind in PaperKind], metavar="KIND")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--wrong", action="store_true", help="list every field that is not right")
    asked = parser.parse_args()
    tables: dict[str, dict[str, Tally]] = {name: defaultdict(Tally) for name in ("all", "field", "kind", "condition")}
    classified: Counter[bool] = Counter()
    with ProcessPoolExecutor(asked.workers, mp_context=get_context("spawn")) as pool:
        for kind, taken, outcomes in pool.map(paper_outcomes, jobs(asked.papers, asked.seeds, asked.first_seed)):
            classified[taken == TYPES.get(kind, "administrative")] += 1
            for one in outcomes:
                hand = "by hand" if one.by_hand else "printed"
                for title, row in (("all", hand), ("field", one.name), ("kind", kind), ("condition", one.condition)):
                    tables[title][row].add(one)
                if asked.wrong and not one.right:
                    mark = "SILENT" if one.accepted else "      "
                    print(f"{mark} {kind:11} {one.condition:28} {one.name:14} {one.truth!r} != {one.value!r}", flush=True)
    print(f"\nPapers classified right: {classified[True]} of {classified.total()}")
    for title, rows in tables.items():
        show(title, rows)


if __name__ == "__main__":
    main()
