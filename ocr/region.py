"""A part of a page read again, because a person pointed at it: what stands there, as text. Keeps nothing."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from ingest.model import PageImage
from ocr.engines.choice import engine
from ocr.engines.words import BLOCK, RawWord
from ocr.language.correct import corrected
from ocr.language.gazetteer import gazetteer, named
from ocr.language.lexicon import lexicon
from ocr.model import Box, Line, RegionText, Word
from ocr.options import ReadOptions
from ocr.prepare.colour import ink
from ocr.prepare.decode import Grey, decode
from ocr.prepare.page import laid_out, prepared

_MARGIN_IN = 0.04
"""Surroundings that are read along, inches: boxes drawn by hand cut marks off."""
_PAPER_IN = 0.15
"""White around the part, inches: the engine loses letters at the edge."""


def read_region(image: PageImage, box: Box, turn_deg: int, options: ReadOptions) -> RegionText:
    """What stands within `box` (stored pixels) of a page that is upright when turned clockwise by `turn_deg`.

    Pure and without state, to run in a box. Raises EngineMissing, EngineFailed, PageTimeout, PageUnreadable.
    """
    grey = _part(ink(decode(image.path), image.dpi), box, image.dpi)
    if not grey.size:
        return RegionText("", 0.0)
    reading = prepared(laid_out(grey, image.dpi, options.reading_dpi), turn_deg, options.reading_dpi)
    raw = engine(options.engine).read(reading.grey, reading.dpi, options.language, options.page_seconds, BLOCK)
    lines = tuple(_line(list(group)) for _, group in groupby(raw, key=lambda word: word.line))
    if options.language_pass:
        lines = named(corrected(lines, lexicon(options.lexicon)), gazetteer(options.gazetteer))
    words = [word for line in lines for word in line.words]
    sure = sum(word.confidence for word in words) / len(words) if words else 0.0
    return RegionText(" ".join(word.text for word in words), round(sure, 4))


def _part(grey: Grey, box: Box, dpi: float) -> Grey:
    height, width = grey.shape
    margin = _MARGIN_IN * dpi
    left, right = max(0, round(box.x0 - margin)), min(width, round(box.x1 + margin))
    top, bottom = max(0, round(box.y0 - margin)), min(height, round(box.y1 + margin))
    part = grey[top:bottom, left:right]
    paper = round(_PAPER_IN * dpi)
    return np.pad(part, paper, constant_values=int(np.percentile(part, 90))) if part.size else part


def _line(raw: list[RawWord]) -> Line:
    words = tuple(Word(word.text, word.box, word.confidence) for word in raw)
    box = words[0].box
    for word in words[1:]:
        box = box.union(word.box)
    return Line(words, box)
