"""The engine's words with what is written by hand into the gaps of the head: digits read by their shapes.

Never silently wrong: a digit read here is no surer than `MOST`, far below what is accepted without a person, and the word
keeps what the engine read. What the engine read well, and the shapes do not contradict, stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import cv2
import numpy as np

from ocr.engines.words import RawWord
from ocr.handwriting.gaps import Gap, GapKind, em_of, gaps
from ocr.handwriting.strings import DigitString, Mask, read_digits
from ocr.model import Box
from ocr.prepare.decode import Grey

MOST = 0.6
"""Confidence that handwriting never exceeds: even where the shapes are clear, a person looks."""
_SURE = 0.9
"""An engine this sure of allowed digits keeps them; shapes that clearly say otherwise make them doubtful."""
_TAKEN, _DENIES, _AGAINST = 0.05, 0.25, 0.75
"""Probability from which a reading replaces nonsense, makes sure digits doubtful, replaces those of a doubtful engine."""
_TOUCHING_EM = 0.4
"""Digits so near the slash are one word with the symbol."""
_UPPER_SHARE, _HEAD_SHARE = 0.45, 0.3
"""Gaps lie in the upper part of the page; below its head, dates are printed, and digits read surely are not looked at."""

_ALLOWED = {
    GapKind.DAY: re.compile(r"0[1-9]|[12][0-9]|3[01]|[1-9]"),
    GapKind.MONTH: re.compile(r"0[1-9]|1[0-2]|[1-9]"),
    GapKind.NUMBER: re.compile(r"[0-9]{1,5}"),
}
_ORDER = (GapKind.MONTH, GapKind.DAY, GapKind.NUMBER)
"""Right to left, so that a word taken apart does not move the gap before it."""


def with_handwriting(words: Sequence[RawWord], grey: Grey) -> tuple[RawWord, ...]:
    """`words` (in the engine's order, boxes in pixels of `grey`, its reading image) with digits read in the gaps."""
    em_px = em_of(words)
    out: list[RawWord] = []
    for _, group in groupby(words, key=lambda word: word.line):
        line = list(group)
        if line[0].box.y0 < _UPPER_SHARE * grey.shape[0]:
            for kind in _ORDER:
                line = _filled(line, kind, grey, em_px)
        out += line
    return tuple(out)


def _filled(line: list[RawWord], kind: GapKind, grey: Grey, em_px: float) -> list[RawWord]:
    gap = next((gap for gap in gaps(line, em_px) if gap.kind is kind), None)
    if gap is None:
        return line
    rule = _ALLOWED[kind]
    is_legible = rule.fullmatch(gap.text) is not None
    is_sure = is_legible and not (gap.before or gap.after) and gap.confidence >= _SURE
    if is_sure and gap.box.y0 > _HEAD_SHARE * grey.shape[0]:
        return line
    ink, left, top = ink_in(grey, gap, em_px)
    found = read_digits(ink, lambda text: rule.fullmatch(text) is not None) if ink.any() else None
    if is_sure or (is_legible and kind is GapKind.NUMBER and (found is None or not _outdoes(found, gap.text))):
        # print and number may be one word there: `07/QĐ-UBND`
        return _doubted(line, gap) if _denied(found, gap.text, is_sure=is_sure) else line
    if is_legible and ink.any() and (found is None or not _outdoes(found, gap.text)):
        agreed = found is not None and found.text == gap.text
        found = DigitString(gap.text, gap.confidence if agreed else min(gap.confidence, MOST))
    if found is None or found.probability < _TAKEN:
        return line
    return _replaced(line, gap, found, _bounds(ink, left, top), em_px)


def _denied(found: DigitString | None, text: str, *, is_sure: bool) -> bool:
    """Whether the shapes speak against the digits the engine read: clearly, where it is sure; at all, where it is not."""
    if found is None:
        return not is_sure
    return found.text != text and (not is_sure or found.probability >= _DENIES)


def _outdoes(found: DigitString, text: str) -> bool:
    """Whether the shapes say something else than the digits the engine read; a digit cut off at an edge is no evidence."""
    return found.text != text and found.probability >= _AGAINST and len(found.text) >= len(text)


def _doubted(line: list[RawWord], gap: Gap) -> list[RawWord]:
    touched = range(gap.first, gap.last + 1)
    return [replace(word, confidence=min(word.confidence, MOST)) if at in touched else word for at, word in enumerate(line)]


def _replaced(line: list[RawWord], gap: Gap, found: DigitString, box: Box, em_px: float) -> list[RawWord]:
    """The touched words taken apart: print before, digits, print after."""
    key = line[0].line
    touched = line[gap.first : gap.last + 1]
    sure = found.probability if found.text == gap.text else min(found.probability, MOST)
    middle = RawWord(found.text, box, sure, key, "" if found.text == gap.text else gap.text)
    parts = [middle]
    start = gap.first
    if start and line[start - 1].box.x1 > gap.box.x0 + 1:  # the engine stretched the label over the writing
        label = line[start - 1]
        parts.insert(0, replace(label, box=_part(label.box, label.box.x0, gap.box.x0), confidence=max(label.confidence, _SURE)))
        start -= 1
    if gap.before:
        parts.insert(
            0,
            replace(
                touched[0],
                text=gap.before.strip(),
                read=touched[0].text,
                box=_part(touched[0].box, touched[0].box.x0, gap.box.x0),
            ),
        )
    if gap.after and gap.kind is GapKind.NUMBER and gap.box.x1 - box.x1 < _TOUCHING_EM * em_px:
        parts[-1] = replace(
            middle, text=found.text + gap.after.strip(), box=box.union(touched[-1].box), read=f"{gap.text}{gap.after}"
        )
    elif gap.after:
        parts.append(
            replace(
                touched[-1],
                text=gap.after.strip(),
                read=touched[-1].text,
                box=_part(touched[-1].box, gap.box.x1, touched[-1].box.x1),
            )
        )
    return [*line[:start], *parts, *line[gap.last + 1 :]]


def _part(box: Box, x0: float, x1: float) -> Box:
    return Box(x0, box.y0, max(x1, x0 + 1), box.y1)


def ink_in(grey: Grey, gap: Gap, em_px: float) -> tuple[Mask, int, int]:
    """The ink in a gap (255 = ink), and where its mask begins in `grey` (left, top).

    Strokes may reach a little over the print beside them: a group of ink that lies half in the gap belongs to it whole, one
    that has grown together with print is cut at the edge.
    """
    middle, reach = (gap.box.y0 + gap.box.y1) / 2, 1.15 * em_px
    top, bottom = max(round(middle - reach), 0), min(round(middle + reach), grey.shape[0])
    margin = 0.5 * em_px
    left, right = max(round(gap.box.x0 - margin), 0), min(round(gap.box.x1 + margin), grey.shape[1])
    crop = grey[top:bottom, left:right]
    level, _ = cv2.threshold(crop, 0, 255, cv2.THRESH_OTSU)
    ink = (crop < min(level, 180)).view(np.uint8)
    count, labels, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8, ltype=cv2.CV_32S)
    kept = np.zeros_like(ink)
    x0, x1 = gap.box.x0 - left, gap.box.x1 - left
    for label in range(1, count):
        start, width = int(stats[label, cv2.CC_STAT_LEFT]), int(stats[label, cv2.CC_STAT_WIDTH])
        inside = min(start + width, x1) - max(start, x0)
        if inside <= 0 or abs(centres[label][1] - (middle - top)) > 0.75 * em_px:
            continue
        part = labels == label
        if inside < 0.5 * width or width - inside > 0.4 * em_px:
            if inside < 0.25 * em_px:
                continue
            part[:, : max(round(x0), 0)] = False
            part[:, round(x1) :] = False
        kept |= part.view(np.uint8)
    return kept * np.uint8(255), left, top


def _bounds(ink: Mask, left: int, top: int) -> Box:
    rows, columns = np.flatnonzero(ink.max(axis=1)), np.flatnonzero(ink.max(axis=0))
    return Box(left + float(columns[0]), top + float(rows[0]), left + float(columns[-1]) + 1, top + float(rows[-1]) + 1)
