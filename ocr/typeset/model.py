"""What a printed document is made of. Lengths are millimetres (`_mm`), type sizes points (`_pt`). No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias


class Family(StrEnum):
    """A Liberation family; Serif has the metrics of Times New Roman (Decree 30/2020, Annex I)."""

    SERIF = "Serif"
    SANS = "Sans"
    MONO = "Mono"


class Align(StrEnum):
    """Where a line of text stands in its column."""

    LEFT = "L"
    CENTRE = "C"
    RIGHT = "R"
    JUSTIFIED = "J"


Colour: TypeAlias = tuple[int, int, int]
"""Red, green, blue from 0 to 255, in sRGB."""
BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)
GREY: Colour = (85, 85, 85)


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks."""

    size_pt: float = 10
    bold: bool = False
    italic: bool = False
    colour: Colour = BLACK
    align: Align = Align.LEFT
    leading: float = 1.2
    """Height of a line as a multiple of the type size."""
    family: Family | None = None
    """None: the family of the document."""


PLAIN = Style()


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; line breaks in `text` are kept."""

    text: str
    style: Style = PLAIN
    indent_mm: float = 0
    hanging: str = ""
    """Set before the first line, inside the indent: a number or a mark."""


@dataclass(frozen=True, slots=True)
class Banner:
    """A band of colour with a large line and, under it, a small one."""

    text: str
    fill: Colour
    below: str = ""
    size_pt: float = 16
    colour: Colour = WHITE


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and what they stand for, in two columns without rules."""

    rows: tuple[tuple[str, str], ...]
    label_mm: float = 40
    size_pt: float = 9
    indent_mm: float = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table with rules; its head is repeated on every page, a row is never torn apart."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...] = ()
    """Relative widths of the columns; empty: all alike."""
    aligns: tuple[Align, ...] = ()
    """Of the columns; empty: all to the left."""
    size_pt: float = 9


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG or JPEG (a QR code, a seal image), `width_mm` wide; transparency is laid on white."""

    data: bytes
    width_mm: float
    align: Align = Align.LEFT
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """Empty space."""

    height_mm: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line across the column."""

    colour: Colour = GREY


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows starts a new page."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Blocks on the left, a picture to their right."""

    blocks: tuple[Block, ...]
    picture: Picture
    gap_mm: float = 4


@dataclass(frozen=True, slots=True)
class Columns:
    """Blocks side by side, such as the two signature places of a form. None of them may be longer than a page."""

    columns: tuple[tuple[Block, ...], ...]
    gap_mm: float = 6


@dataclass(frozen=True, slots=True)
class Together:
    """Blocks that start a new page rather than be torn apart, unless they are longer than a page."""

    blocks: tuple[Block, ...]


Block: TypeAlias = Text | Banner | Facts | Table | Picture | Gap | Rule | PageBreak | Beside | Columns | Together


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document for print on A4."""

    title: str
    blocks: tuple[Block, ...]
    created_at: datetime
    """Aware; equal input gives equal bytes."""
    author: str = ""
    subject: str = ""
    language: str = "vi"
    landscape: bool = False
    family: Family = Family.SERIF
    margin_mm: float = 15
    footer: str = ""
    """Left in the foot of every page; the page number stands right."""
    numbered: bool = True
