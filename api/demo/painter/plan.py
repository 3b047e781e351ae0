"""What stands on a page, in points, before any pixel is painted.

A `Plan` is the display list of one page: words with their places, rules, panels, codes and drawings, and the truth
about the page. The same plan is painted at any resolution (`raster.py`) or written as a born-digital PDF
(`textpdf.py`), so line breaks and truth never depend on the resolution. Points (1/72 inch), origin top-left, y down.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Ink = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""

BLACK: Ink = (24, 22, 26)
RED: Ink = (196, 24, 46)
BLUE: Ink = (38, 52, 150)

A4_PT = (595.276, 841.89)
MM_PT = 72 / 25.4


@dataclass(frozen=True, slots=True)
class Style:
    """How a run of text looks; `hand` writes digits with a pen instead of a typeface."""

    size_pt: float = 14.0
    bold: bool = False
    italic: bool = False
    sans: bool = False
    mono: bool = False
    hand: bool = False
    ink: Ink = BLACK


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one style inside a word."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word of one or more runs, its pen starting at `x_pt` on the baseline `y_pt`."""

    runs: tuple[Run, ...]
    x_pt: float
    y_pt: float

    @property
    def text(self) -> str:
        """The characters of all runs."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle in points: left, top, right, bottom."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line; `dotted` makes it the leader dots of a form."""

    x0: float
    y0: float
    x1: float
    y1: float
    width_pt: float = 0.7
    ink: Ink = BLACK
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """A named picture (`raster.py` knows how to paint it) in an area: a tinted panel, a star, a portrait, a QR code."""

    kind: str
    area: Area
    ink: Ink = BLACK
    text: str = ""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """One page: size, everything on it in painting order, and the truth about it."""

    width_pt: float
    height_pt: float
    words: tuple[PlacedWord, ...]
    lines: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    anchors: dict[str, Area] = field(default_factory=dict)
    """Places that marks need: `signature`, `body`."""
    fields: dict[str, str] = field(default_factory=dict)
    """Register fields, normalised: dates ISO 8601, numbers without inner spaces."""
    printed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Register fields as they stand on the page, one part a line."""
    codes: tuple[str, ...] = ()
    """Content of the QR codes on the page."""
    paper: Ink = (255, 255, 255)
