"""Sets of different painted pages for benchmarks: papers and conditions in turn, content from the seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.demo.painter.page import PaintedPage
from api.demo.painter.papers import PaperKind, paint
from api.demo.painter.spoil.conditions import CONDITIONS, spoil


@dataclass(frozen=True, slots=True, eq=False)
class SetPage:
    """A page of a set: its name (no spaces, unique in the set), the conditions it went through, the page."""

    name: str
    conditions: tuple[str, ...]
    page: PaintedPage


MIX: tuple[tuple[str, ...], ...] = (
    ("sealed", "scanner"), ("signed", "skew", "scanner"), ("sealed", "entry_stamp", "scanner"),
    ("sealed", "noise", "jpeg"),
    ("sealed", "dpi200", "bitonal"), ("seal_on_text", "scanner"),
    ("sealed", "faded", "scanner"), ("sealed", "dpi150", "jpeg"),
    ("sealed", "turn90", "scanner"), ("sealed", "light", "noise"), ("sealed", "bleed", "scanner"),
    ("sealed", "holes", "borders", "skew"),
    ("sealed", "turn180", "dpi200"), ("sealed", "blur", "jpeg"), ("sealed", "phone"), ("all",),
)  # fmt: skip
"""What happens to paper in an office, easy and hard; a scan set goes round this list."""


_NOT_ON_CARDS = frozenset({"signed", "sealed", "seal_on_text", "entry_stamp", "holes", "bleed", "bitonal", "all"})
"""Nobody stamps or punches a plastic card."""


def paint_page(kind: str, seed: int, conditions: Sequence[str], dpi: int = 300, number: int = 1) -> PaintedPage:
    """One page of a paper in the given conditions; number and day of an administrative paper are by hand on odd seeds."""
    page = paint(kind, seed, dpi, by_hand=seed % 2 == 1)[number - 1]
    return spoil(page, conditions, seed)


def paint_scan_set(
    seed: int,
    count: int,
    *,
    dpi: int = 300,
    kinds: Sequence[str] = tuple(PaperKind),
    conditions: Sequence[Sequence[str]] = MIX,
) -> Iterator[SetPage]:
    """`count` different pages: every kind meets every condition as the count grows. Lazy: one page in memory at a time."""
    made = 0
    paper = 0
    while made < count:
        kind = kinds[paper % len(kinds)]
        content = seed * 100_003 + paper
        for page in paint(kind, content, dpi, by_hand=content % 2 == 1)[: count - made]:
            wanted = conditions[(made + made // len(conditions)) % len(conditions)]
            names = tuple(name for name in wanted if kind != PaperKind.ID_CARD or name not in _NOT_ON_CARDS) or ("clean",)
            name = f"{made:04d}-{kind}-p{page.number}-{'-'.join(names)}"
            yield SetPage(name, names, spoil(page, names, content))
            made += 1
        paper += 1


def known_conditions() -> tuple[str, ...]:
    """The names that `spoil` understands."""
    return tuple(CONDITIONS)
