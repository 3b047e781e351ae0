"""What every engine gives: words in its own order and lines, from Tesseract's table of words (TSV)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from ocr.model import Box
from ocr.prepare.decode import Grey

PAGE = 3
"""Fully automatic segmentation: best of 1, 3, 4, 6, 11 on real pages."""
BLOCK = 6
"""One even block of lines."""
LINE = 7
"""One line."""
_COLUMNS = 12
_WORD = "5"


@dataclass(frozen=True, slots=True)
class RawWord:
    """A word as the engine gave it; `line` is the engine's own key of its line; box in reading pixels."""

    text: str
    box: Box
    confidence: float
    line: tuple[int, int, int]
    read: str = ""
    """What the engine read, where `text` was read again; empty when `text` is the engine's."""


class Engine(Protocol):
    """One engine that reads prepared grey images. Raises EngineMissing, EngineFailed, and PageTimeout after `seconds`."""

    def name(self) -> str:
        """Name and version, e.g. `tesseract 5.3.0`."""

    def read(self, grey: Grey, dpi: float, language: str, seconds: float, segmentation: int = PAGE) -> tuple[RawWord, ...]:
        """The words of `grey` in the engine's order."""

    def upright_turn(self, grey: Grey, dpi: float, seconds: float) -> int | None:
        """The clockwise quarter turn that orientation detection proposes, or None when it sees too little text."""


def words_of(table: Iterable[str]) -> tuple[RawWord, ...]:
    """The words in the rows of Tesseract's TSV; everything that is no word is left aside."""
    return tuple(word for row in table if (word := _word(row.split("\t"))))


def _word(row: list[str]) -> RawWord | None:
    if len(row) != _COLUMNS or row[0] != _WORD:
        return None
    text = unicodedata.normalize("NFC", "".join(row[11].split()))
    left, top, width, height = (float(figure) for figure in row[6:10])
    confidence = min(max(float(row[10]) / 100, 0.0), 1.0)
    line = (int(row[2]), int(row[3]), int(row[4]))
    return RawWord(text, Box(left, top, left + width, top + height), confidence, line) if text else None
