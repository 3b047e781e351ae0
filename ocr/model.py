"""Frozen facts of reading. No I/O, no third-party engine.

Coordinates, said once: pixels of the page image as stored (never of a prepared or turned one), origin top-left, x to the
right, y down. `turn_deg` is the clockwise quarter turn that makes the stored image upright, including the turn its file
asks for; `skew_deg` the small angle by which the text then still leans clockwise (positive: lines run down to the
right). The box of a leaning word is its axis-parallel hull. Confidence and probability run from 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ingest.errors import Param


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-parallel rectangle in stored-page pixels: left, top, right, bottom."""

    x0: float
    y0: float
    x1: float
    y1: float

    def union(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))


@dataclass(frozen=True, slots=True)
class Word:
    """One word as read, NFC, with no spaces inside."""

    text: str
    box: Box
    confidence: float
    read: str = ""
    """What the engine read, where the language pass changed it; empty when `text` is as read."""


@dataclass(frozen=True, slots=True)
class Line:
    """Words of one line in reading order."""

    words: tuple[Word, ...]
    box: Box

    @property
    def text(self) -> str:
        """The words joined by single spaces."""
        return " ".join(word.text for word in self.words)


class TextSource(StrEnum):
    """What a page's text comes from."""

    OCR = "ocr"
    TEXT_LAYER = "text_layer"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Code2D:
    """A QR or other matrix code found on the page."""

    text: str
    box: Box
    format: str = "QRCode"


class SecrecyLevel(StrEnum):
    """The three levels of state secrets (Law 117/2025/QH15), as documents bear them."""

    MAT = "mat"
    TOI_MAT = "toi_mat"
    TUYET_MAT = "tuyet_mat"


@dataclass(frozen=True, slots=True)
class SecrecyMark:
    """A mark of state secrecy seen on a page."""

    level: SecrecyLevel
    framed: bool
    """A stamp; False: capitals printed where the rules put the mark."""
    box: Box


@dataclass(frozen=True, slots=True)
class PageText:
    """Everything read from one page, in reading order."""

    width_px: int
    height_px: int
    dpi: float
    lines: tuple[Line, ...]
    source: TextSource
    engine: str
    """Engine with version and settings, e.g. `tesseract 5.3.0 vie psm3`."""
    turn_deg: int = 0
    skew_deg: float = 0.0
    codes: tuple[Code2D, ...] = ()
    secrecy: SecrecyMark | None = None
    """The page seems to be a state secret: nothing may be made of it."""

    @property
    def text(self) -> str:
        """Lines joined by newlines."""
        return "\n".join(line.text for line in self.lines)

    @property
    def confidence(self) -> float:
        """Mean word confidence, 0 for an empty page."""
        words = [word.confidence for line in self.lines for word in line.words]
        return sum(words) / len(words) if words else 0.0


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What a searchable PDF says about itself."""

    title: str
    subject: str
    creator: str
    """The office or person the copy was made by."""
    created_at: datetime
    """Aware; written to the document in its own zone, so equal input gives equal bytes."""
    source_sha256: str
    """Of the file the pages were taken from."""
    language: str = "vi"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where on which page (index in the paper, from 0) a value stands."""

    page: int
    box: Box


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one validator on a value; `ok` None means it does not apply."""

    code: str
    ok: bool | None
    params: dict[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Field:
    """One extracted value: as read, normalised, how sure, and where it stands. Machine-made; never edited."""

    name: str
    raw: str
    """As read."""
    value: str
    """Normalised: dates ISO 8601, numbers and codes without inner spaces, names NFC."""
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    candidates: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Classification:
    """Which paper type a paper is; `generic` with the confidence of not being anything known."""

    paper_type: str
    confidence: float


class DecisionKind(StrEnum):
    """Who had the last word on a field, and how."""

    AUTOMATIC = "automatic"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    EMPTY = "empty"
    """A person (or the rule for missing optional fields) decided that the paper does not have it."""
    RETYPED = "retyped"
    """On no field: a person said which paper type it is (the value). Decisions before it are history and count no more."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The last word on one field: kept beside the machine's value, never in its place."""

    field: str
    value: str
    kind: DecisionKind
    by: str
    """User name, or `auto:<policy>`."""
    at: datetime
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    """Where a person pointed at the value, if it stands elsewhere than the machine thought."""


@dataclass(frozen=True, slots=True)
class RegionText:
    """What was read: lines joined by spaces, and the mean confidence of its words."""

    text: str
    confidence: float
