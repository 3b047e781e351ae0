"""Which paper type a paper is: cue phrases, weighted by where they stand; `generic` when nothing speaks loudly enough.

Cues are matched on folded text with tolerance for misread letters. Title cues count only for centred lines of capitals
and only at their beginning, so a decision about a land certificate is a decision.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from ocr.fields.card import card_parts
from ocr.fields.head import find_head
from ocr.fields.kinds import kind_by_name
from ocr.fields.layout import Cell, Sheet, sheets
from ocr.fields.titles import title_cells
from ocr.fields.types import GENERIC, Cue, PaperType, Zone, catalogue
from ocr.fields.words import begins_with, contains
from ocr.model import Classification, PageText

ENOUGH = 1.5
"""Least score that makes a paper something else than generic."""
_SCALE = 1.1
"""How fast confidence grows with the score: 1.5 gives 0.74, 3 gives 0.93."""
_RIVAL = 0.35
"""How much a rival with the same score takes away."""
_KIND_WEIGHT = 2.0
_NUMBER_WEIGHT = 1.2
_DATE_WEIGHT = 0.4
_TITLE_LIKE = 0.84
_CARD_QR = 4.0


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the cues are held against."""

    sheets: tuple[Sheet, ...]
    titles: tuple[str, ...]
    head: tuple[Cell, ...]
    body: tuple[Cell, ...]

    @property
    def all(self) -> tuple[Cell, ...]:
        return tuple(cell for sheet in self.sheets for cell in sheet.cells)


def classify(pages: Sequence[PageText]) -> Classification:
    """The paper type of one paper's pages, with the probability that this is right; never raises for odd pages."""
    upright = sheets(pages)
    if not any(sheet.cells or sheet.codes for sheet in upright):
        return Classification(GENERIC, 0.0)
    scores = scored(upright)
    (best, top), *rest = sorted(scores.items(), key=lambda pair: -pair[1]) or [(GENERIC, 0.0)]
    if top < ENOUGH:
        return Classification(GENERIC, round(1 - 0.5 * max(0.0, top) / ENOUGH, 3))
    second = max(0.0, rest[0][1]) if rest else 0.0
    sure = (1 - math.exp(-top / _SCALE)) * (1 - _RIVAL * second / top)
    return Classification(best, round(sure, 3))


def scored(upright: Sequence[Sheet]) -> dict[str, float]:
    """The score of each type but generic: the sum of its cues' weights, each times how well it was matched."""
    seen = _see(upright)
    result: dict[str, float] = {}
    for code, kind in catalogue().items():
        if code == GENERIC:
            continue
        result[code] = sum(cue.weight * _match(cue, seen) for cue in kind.cues) + _structure(kind, seen)
    return result


def _see(upright: Sequence[Sheet]) -> _Seen:
    first = upright[0]
    titles: list[str] = []
    for sheet in upright[:2]:
        for group in title_cells(sheet):
            texts = [cell.text for cell in group]
            titles += [" ".join(texts[a:b]) for a, b in combinations(range(len(texts) + 1), 2)]
    return _Seen(
        sheets=tuple(upright),
        titles=tuple(titles),
        head=tuple(cell for cell in first.cells if first.y(cell) <= 0.4),
        body=tuple(cell for sheet in upright for cell in sheet.cells if sheet.index or sheet.y(cell) > 0.3),
    )


def _match(cue: Cue, seen: _Seen) -> float:
    if cue.where is Zone.TITLE:
        best = max((begins_with(title, cue.phrase) for title in seen.titles), default=0.0)
        return best if best >= _TITLE_LIKE else 0.0
    cells = {Zone.HEAD: seen.head, Zone.BODY: seen.body}.get(cue.where, seen.all)
    return max((contains(cell.text, cue.phrase) for cell in cells), default=0.0)


def _structure(kind: PaperType, seen: _Seen) -> float:
    """What a phrase cannot say: the head of an administrative document, the QR code of a card."""
    score = 0.0
    if kind.layout == "administrative":
        head = find_head(seen.sheets[0])
        named = any(kind_by_name(title) is not None for title in seen.titles)
        score += _KIND_WEIGHT * named + _NUMBER_WEIGHT * (head.number is not None) + _DATE_WEIGHT * (head.date is not None)
    if any(spec.qr_index >= 0 for spec in kind.fields):
        coded = any(card_parts(code.text) for sheet in seen.sheets for code in sheet.codes)
        score += _CARD_QR * coded
    return score
