"""A page image becomes words on their places: prepare, read, turn if need be, map back to stored pixels.

Invariants: boxes are in pixels of the stored page; text is NFC; a page that reads well as it lies is never turned.
"""

from __future__ import annotations

from itertools import groupby

from ingest.model import PageImage
from ocr.engines import tesseract
from ocr.engines.tesseract import RawWord
from ocr.model import Box, Line, PageText, TextSource, Word
from ocr.options import ReadOptions
from ocr.prepare.decode import Grey, decode
from ocr.prepare.geometry import carried, within
from ocr.prepare.page import Reading, ink, prepared

_TURN_GAIN = 0.15
"""A turned reading must be this much surer than the page as it lies."""
_WORD = 0.3
"""Marks without any letter or digit below this confidence are dirt."""


def read_page(image: PageImage, options: ReadOptions, source_pdf: str = "") -> PageText:
    """What stands on a page.

    Raises EngineMissing, EngineFailed, PageTimeout, PageUnreadable. Runs in the box: pure, no state.
    """
    grey = ink(decode(image.path))
    turn_deg, reading, words = _best_reading(grey, image, options)
    lines = _lines(words, reading, image)
    return PageText(
        width_px=image.width_px,
        height_px=image.height_px,
        dpi=image.dpi,
        lines=lines,
        source=TextSource.OCR if lines else TextSource.NONE,
        engine=f"tesseract {tesseract.version()} {options.language} psm{tesseract.PSM}",
        turn_deg=turn_deg,
        skew_deg=reading.tilt_deg,
    )


def _best_reading(grey: Grey, image: PageImage, options: ReadOptions) -> tuple[int, Reading, tuple[RawWord, ...]]:
    turn = image.exif_turn_deg % 360
    reading = prepared(grey, image.dpi, turn, options.reading_dpi)
    words = _read(reading, options)
    if sureness(words) >= options.turn_below_confidence:
        return turn, reading, words
    proposed = tesseract.upright_turn(reading.grey, reading.dpi, options.page_seconds)
    if not proposed:
        return turn, reading, words
    other_turn = (turn + proposed) % 360
    other = prepared(grey, image.dpi, other_turn, options.reading_dpi)
    other_words = _read(other, options)
    if sureness(other_words) > sureness(words) + _TURN_GAIN:
        return other_turn, other, other_words
    return turn, reading, words


def _read(reading: Reading, options: ReadOptions) -> tuple[RawWord, ...]:
    words = tesseract.read(reading.grey, reading.dpi, options.language, options.page_seconds)
    return tuple(word for word in words if _is_word(word, reading.dpi))


def _is_word(word: RawWord, dpi: float) -> bool:
    tall = word.box.y1 - word.box.y0 > dpi
    spoken = any(character.isalnum() for character in word.text)
    return not tall and (spoken or word.confidence >= _WORD)


def sureness(words: tuple[RawWord, ...]) -> float:
    """Mean confidence weighted by length; 0 without words."""
    letters = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / letters if letters else 0.0


def _lines(words: tuple[RawWord, ...], reading: Reading, image: PageImage) -> tuple[Line, ...]:
    return tuple(_line(tuple(group), reading, image) for _, group in groupby(words, key=lambda word: word.line))


def _line(raw: tuple[RawWord, ...], reading: Reading, image: PageImage) -> Line:
    words = tuple(Word(word.text, _stored(word.box, reading, image), word.confidence) for word in raw)
    box = words[0].box
    for word in words[1:]:
        box = box.union(word.box)
    return Line(words, box)


def _stored(box: Box, reading: Reading, image: PageImage) -> Box:
    return within(carried(box, reading.to_stored), image.width_px, image.height_px)
