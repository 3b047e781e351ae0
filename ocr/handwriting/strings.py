"""A row of handwritten digits read as a whole: cut at every plausible place, each piece judged, the best way kept.

Over-segmentation with a search over the pieces, as bank cheques have long been read; what may stand there (a day, a month, a
number) is the caller's rule and only chooses among readings.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.handwriting.digits import NO_DIGIT, framed, model

Mask = NDArray[np.uint8]

_NARROWEST, _WIDEST = 0.1, 1.25
"""Width of one digit as share of the tallest stroke group."""
_LOWEST = 0.5
"""Height of one digit in the same measure; what is lower is never one."""
_NO_DIGIT_AT_ALL = np.full(NO_DIGIT, math.inf)
_KEPT = 12
"""Readings followed at each cut."""
_SKIP = 3.0
"""Cost of leaving a piece out (natural logarithm), and only pieces lower than a digit are left out."""


@dataclass(frozen=True, slots=True)
class DigitString:
    """What stands there: the digits, and how sure."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    costs: NDArray[np.float64]
    """Of each digit; infinite where the piece is none."""
    height: int


def read_digits(ink: Mask, allowed: Callable[[str], bool]) -> DigitString | None:
    """The likeliest allowed digits in `ink` (255 = ink), or None. `probability` is among all readings, allowed or not."""
    mask = _unslanted(_without_specks(ink))
    columns = np.flatnonzero(mask.max(axis=0)) if mask.size else np.zeros(0, np.intp)
    if not len(columns):
        return None
    tall = _tallest(mask)
    cuts = _cuts(mask, tall)
    found = _search(cuts, _pieces(mask, cuts, tall), tall)
    if not found:
        return None
    total = sum(math.exp(-cost) for cost, _ in found)
    for cost, text in found:
        if allowed(text):
            # a string in which every piece looks like nothing is unlikely as a whole, however few its rivals
            return DigitString(text, math.exp(-cost) / max(total, 1e-12) * min(1.0, total))
    return None


def _without_specks(ink: Mask) -> Mask:
    """Without dots of leaders and dirt: groups much smaller than the largest."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8, ltype=cv2.CV_32S)
    if count < 2:
        return ink
    tall = int(stats[1:, cv2.CC_STAT_HEIGHT].max())
    small = (stats[:, cv2.CC_STAT_HEIGHT] < 0.22 * tall) & (stats[:, cv2.CC_STAT_WIDTH] < 0.35 * tall)
    small[0] = False
    kept = ink.copy()
    kept[small[labels]] = 0
    return kept


def _unslanted(mask: Mask) -> Mask:
    """The whole row upright, by the usual slant of its tall groups: leaning digits overlap, upright ones can be cut apart."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    tall = int(stats[1:, cv2.CC_STAT_HEIGHT].max()) if count > 1 else 0
    slants = []
    for label in range(1, count):
        x, y, width, height = (int(figure) for figure in stats[label, :4])
        if height >= 0.6 * tall and width <= 1.1 * height:
            moments = cv2.moments((labels[y : y + height, x : x + width] == label).astype(np.uint8), binaryImage=True)
            slants.append(moments["mu11"] / max(moments["mu02"], 1e-3))
    slant = float(np.clip(np.median(slants), -0.6, 0.6)) if slants else 0.0
    if abs(slant) < 0.08:
        return mask
    height, width = mask.shape
    room = int(abs(slant) * height) + 1
    matrix = np.array([[1, -slant, room if slant > 0 else 0], [0, 1, 0]], dtype=np.float64)
    leant = cv2.warpAffine(mask, matrix, (width + 2 * room, height))
    return ((np.asarray(leant) > 127) * 255).astype(np.uint8)


def _tallest(mask: Mask) -> int:
    rows = np.flatnonzero(mask.max(axis=1))
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    heights = stats[1:, cv2.CC_STAT_HEIGHT]
    return int(heights.max()) if len(heights) else int(rows[-1] - rows[0] + 1)


def _cuts(mask: Mask, tall: int) -> list[int]:
    """Columns where one digit may end and the next begin: blank ones, thin ones, and a few besides in wide runs."""
    count = (mask > 0).sum(axis=0)
    inked = np.flatnonzero(count)
    first, last = int(inked[0]), int(inked[-1]) + 1
    cuts = {first, last}
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (count > 0).view(np.int8), [0]])))
    cuts |= {int(edge) for edge in edges}
    step = max(round(0.12 * tall), 2)
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start < 0.55 * tall:
            continue
        for at in range(int(start) + step, int(end) - step + 1, step):
            window = count[max(at - step // 2, start) : at + step // 2 + 1]
            cuts.add(int(max(at - step // 2, start) + int(np.argmin(window))))
    return sorted(cuts)


def _pieces(mask: Mask, cuts: list[int], tall: int) -> list[_Piece]:
    """Pieces between two cuts; what is lower than a digit is judged by nobody, it may only be left out."""
    low, tall_ones, frames = list[_Piece](), list[tuple[int, int, int]](), []
    for at, start in enumerate(cuts):
        for end in cuts[at + 1 :]:
            if end - start > _WIDEST * tall:
                break
            if end - start < _NARROWEST * tall:
                continue
            part = mask[:, start:end]
            rows = np.flatnonzero(part.max(axis=1))
            if not len(rows):
                continue
            height = int(rows[-1] - rows[0] + 1)
            if height < _LOWEST * tall:
                low.append(_Piece(start, end, _NO_DIGIT_AT_ALL, height))
            else:
                tall_ones.append((start, end, height))
                frames.append(framed(part))
    if not frames:
        return low
    chances = np.maximum(model().chances(np.stack(frames)).astype(np.float64), 1e-6)
    costs = -np.log(chances[:, :NO_DIGIT])
    return [*low, *(_Piece(start, end, cost, height) for (start, end, height), cost in zip(tall_ones, costs, strict=True))]


def _search(cuts: list[int], pieces: list[_Piece], tall: int) -> list[tuple[float, str]]:
    """All readings that survive, cheapest first: cost and text."""
    begun: dict[int, list[_Piece]] = {}
    for piece in pieces:
        begun.setdefault(piece.start, []).append(piece)
    ways: dict[int, dict[str, float]] = {cuts[0]: {"": 0.0}}
    for cut, following in pairwise(cuts):
        here = sorted(ways.get(cut, {}).items(), key=lambda way: way[1])[:_KEPT]
        if not here:
            continue
        for piece in begun.get(cut, []):
            if piece.height < _LOWEST * tall:
                continue
            for digit in np.argsort(piece.costs)[:3]:
                for text, cost in here:
                    _keep(ways.setdefault(piece.end, {}), f"{text}{digit}", cost + float(piece.costs[digit]))
        small = next((piece for piece in begun.get(cut, []) if piece.end == following), None)
        skipped = 0.0 if small is None and following - cut < _NARROWEST * tall else _SKIP
        blank = small is None and following - cut >= _NARROWEST * tall
        if blank or small is None or small.height < _LOWEST * tall:
            for text, cost in here:
                _keep(ways.setdefault(following, {}), text, cost + (0.0 if blank else skipped))
    ends = sorted(((cost, text) for text, cost in ways.get(cuts[-1], {}).items() if text))
    return ends[: 4 * _KEPT]


def _keep(ways: dict[str, float], text: str, cost: float) -> None:
    if cost < ways.get(text, math.inf):
        ways[text] = cost
