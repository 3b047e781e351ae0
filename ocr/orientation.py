"""Which way up a page lies, found by reading it. First do no harm: a page that reads well as it lies stays so.

Tesseract itself reads text that runs downwards, so a sideways page may read well and still lie wrong: the shape of its
words tells. The shape of the lines, and orientation detection where reading goes badly, only propose; a turned reading is
taken when it reads well, or clearly better than the page as it lies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ocr.engines.choice import engine
from ocr.engines.words import RawWord
from ocr.options import ReadOptions
from ocr.prepare.decode import Grey
from ocr.prepare.page import Reading, Sheet, laid_out, prepared
from ocr.prepare.skew import InkPoints, headiness, runs_down, tilt

_GAIN = 0.15
"""A turned reading must be this much surer than the page as it lies."""
_MARK_CONFIDENCE = 0.3
"""Marks without any letter or digit below this confidence are dirt."""
_ON_THEIR_HEADS = 0.02
_LEAST_LETTERS = 40
"""Fewer letters read are no ground to turn a page."""


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """A page read at one quarter turn."""

    turn_deg: int
    reading: Reading
    words: tuple[RawWord, ...]

    @property
    def letters(self) -> int:
        """How many characters were read."""
        return sum(len(word.text) for word in self.words)

    @property
    def sureness(self) -> float:
        """Mean confidence weighted by length; 0 without words."""
        return sureness(self.words)

    @property
    def lies_sideways(self) -> bool:
        """True when most longer words are taller than wide."""
        shapes = [word.box.y1 - word.box.y0 > word.box.x1 - word.box.x0 for word in self.words if len(word.text) >= 3]
        return sum(shapes) > len(shapes) / 2


def sureness(words: Sequence[RawWord]) -> float:
    """Mean confidence weighted by length; 0 without words."""
    letters = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / letters if letters else 0.0


def read_upright(grey: Grey, dpi: float, asked_turn_deg: int, options: ReadOptions, *, fixed: bool = False) -> Attempt:
    """`grey` (stored pixels at `dpi`) read the way up in which it reads best, beginning with the turn its file asks for.

    With `fixed` a person has said which way up it is, and no other is tried.
    """
    sheet = laid_out(grey, dpi, options.reading_dpi)
    if fixed:
        return _attempt(sheet, asked_turn_deg, options)
    seen = (asked_turn_deg + seen_turn(sheet.points.turned(asked_turn_deg))) % 360
    attempts = [_attempt(sheet, seen, options)]
    if _is_good(attempts[0], options) and (seen == asked_turn_deg or attempts[0].letters >= _LEAST_LETTERS):
        return attempts[0]
    if seen != asked_turn_deg:
        attempts.insert(0, _attempt(sheet, asked_turn_deg, options))
        if _is_good(attempts[0], options):
            return attempts[0]
    as_it_lies = attempts[0]
    proposed = engine(options.engine).upright_turn(as_it_lies.reading.grey, options.reading_dpi, options.page_seconds) or 0
    turn_deg = (asked_turn_deg + proposed) % 360
    if turn_deg not in {attempt.turn_deg for attempt in attempts}:
        attempts.append(_attempt(sheet, turn_deg, options))
    best = max(attempts[1:], key=lambda attempt: attempt.sureness, default=as_it_lies)
    return best if _clearly_better(best, as_it_lies, options) else as_it_lies


def seen_turn(points: InkPoints) -> int:
    """The clockwise quarter turn that would make the lines of a page upright, by their shape alone: a first guess."""
    if points.few:
        return 0
    if runs_down(points):
        return min((90, 270), key=lambda turn: _headiness(points.turned(turn)))
    return 180 if _headiness(points) > _ON_THEIR_HEADS else 0


def _headiness(points: InkPoints) -> float:
    return headiness(points, tilt(points))


def _attempt(sheet: Sheet, turn_deg: int, options: ReadOptions) -> Attempt:
    reading = prepared(sheet, turn_deg, options.reading_dpi)
    return Attempt(turn_deg, reading, _read(reading, options))


def _is_good(attempt: Attempt, options: ReadOptions) -> bool:
    return attempt.sureness >= options.turn_below_confidence and not attempt.lies_sideways


def _clearly_better(turned: Attempt, as_it_lies: Attempt, options: ReadOptions) -> bool:
    if turned.lies_sideways or turned.letters < _LEAST_LETTERS:
        return False
    if as_it_lies.lies_sideways:
        return turned.sureness >= options.turn_below_confidence
    return turned.sureness > as_it_lies.sureness + _GAIN


def _read(reading: Reading, options: ReadOptions) -> tuple[RawWord, ...]:
    words = engine(options.engine).read(reading.grey, reading.dpi, options.language, options.page_seconds)
    return tuple(word for word in words if _is_word(word, reading.dpi))


def _is_word(word: RawWord, dpi: float) -> bool:
    """Not dirt: no taller than an inch unless it runs down, and a bare mark only when the engine is fairly sure."""
    huge = min(word.box.y1 - word.box.y0, word.box.x1 - word.box.x0) > dpi
    spoken = any(character.isalnum() for character in word.text)
    return not huge and (spoken or word.confidence >= _MARK_CONFIDENCE)
