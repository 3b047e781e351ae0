"""Takes a page apart into layers, chosen on a sample of its writing and proven on all of it; None where that does not pay."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.layers import guard
from ocr.layers.jpeg import encoded, grey_of
from ocr.layers.model import Area, Coding, Layers, Mask, Picture
from ocr.layers.regions import Regions, find, merged
from ocr.layers.sample import blocks, mosaic, spread, without_ink
from ocr.layers.source import Source
from ocr.layers.tones import Tones, group4

Grey = NDArray[np.uint8]
_PICTURES_SHARE, _MOST_PICTURES = 0.35, 40
PICTURE_STEPS = (24, 20, 16, 12, 8, 5, 3)
_PICTURE_ALIKE = guard.ALIKE + 0.004
"""Viewers cut colours off at the ends of their range, which costs saturated red up to 0.004 that luminance does not show."""
_PAPER_STEP = 4
_LEAST_SAVED = 0.85
"""A page is taken apart only when it then has at most this share of its bytes."""
_WORTH_BYTES = 16_384
_DARK_PAPER = 150
_TRIES = 3
"""Plans worked out on the whole page before it is left as it is."""
_PAD_PX = 8


@dataclass(frozen=True, slots=True)
class Plan:
    """How writing is coded: so many tones of masks (0: none), over paper whose detail is kept with this step (0: none)."""

    tones: int
    step: int


MASKED = tuple(Plan(*pair) for pair in ((2, 0), (3, 0), (4, 0), (4, 32), (4, 24)))
"""From small to large as measured on scans; the first that is alike is taken."""
STEPS = (40, 36, 33, 30, 28, 26, 24, 22, 20, 18, 16)
"""Of pages without masks: where no few tones hold the writing."""


def apart(source: Source, most_bytes: int) -> Layers | None:
    """The page in layers of at most `_LEAST_SAVED` of `most_bytes`, alike by the guard; None when it has no such layers."""
    regions = find(source)
    if regions.paper_grey < _DARK_PAPER or _too_much(regions.coloured, source):
        return None
    limit = min(_LEAST_SAVED * most_bytes, most_bytes - _WORTH_BYTES)
    for plan, tones in islice(_alike_on_sample(source, regions), _TRIES):
        layers = _coded(source, regions, plan, tones)
        if layers is None or layers.size > limit:
            return None  # finer plans only take more
        if layers.likeness >= guard.ALIKE:
            return layers
    return None


def _coded(source: Source, regions: Regions, plan: Plan, tones: Tones | None) -> Layers | None:
    """The whole page by one plan; writing that comes out poor is kept as a picture. None when too much does."""
    page = _Page(source, regions, plan, tones)
    pieces = (*regions.writing, *regions.faint)
    poor = [area for area in pieces if not page.holds(area)]
    pictures = merged([*regions.coloured, *(_aligned(area, source) for area in poor)], gap=_PAD_PX)
    if _too_much(pictures, source):
        return None
    sample = [area for area in spread(regions.writing) if not any(area.touches(other) for other in pictures)]
    return page.layers(pictures, sample)


def _too_much(areas: Sequence[Area], source: Source) -> bool:
    whole = source.width_px * source.height_px
    return sum(area.pixels for area in areas) > _PICTURES_SHARE * whole or len(areas) > _MOST_PICTURES


def _aligned(area: Area, source: Source) -> Area:
    x0, y0 = (side // 16 * 16 for side in (area.x0, area.y0))
    x1, y1 = (-(-side // 16) * 16 for side in (area.x1, area.y1))
    return Area(x0, y0, min(x1, source.width_px), min(y1, source.height_px))


def _alike_on_sample(source: Source, regions: Regions) -> Iterator[tuple[Plan, Tones | None]]:
    """The plans whose result is alike on a sample of the writing, the cheapest first."""
    if not regions.writing:
        yield Plan(0, 0), None
        return
    trial = _Trial(source, regions.paper_grey, spread(regions.writing))
    for plan in MASKED:
        tones = Tones.of(trial.pixels, regions.paper_grey, plan.tones)
        if trial.alike(plan, tones):
            yield plan, tones
    # similarity falls as steps grow, so the first step that is alike is found by halving
    first = bisect_left(STEPS, x=True, key=lambda step: trial.alike(Plan(0, step), None))
    for step in STEPS[first:]:
        yield Plan(0, step), None


class _Trial:
    """A sample of a page's writing, drawn by one plan or another."""

    def __init__(self, source: Source, paper: int, areas: list[Area]) -> None:
        self._source, self._paper = source, paper
        self.pixels, self._areas = mosaic(source.grey, areas, paper)

    def alike(self, plan: Plan, tones: Tones | None) -> bool:
        """Whether the guard finds the sample alike."""
        shown = np.full_like(self.pixels, self._paper)
        if plan.step:
            looked_at = encoded(without_ink(self.pixels, tones), plan.step, known_steps(self._source, tones), small=False)
            shown = grey_of(looked_at)
        if tones:
            shown = tones.drawn(self.pixels, shown)
        return guard.similarity(self.pixels, shown, self._areas) >= guard.ALIKE


def known_steps(source: Source, tones: Tones | None) -> Sequence[int]:
    """What the pixels below went through before; where ink has been filled in, nothing is known of them."""
    return source.steps if tones is None else (1,) * 64


class _Page:
    """The page as it will be drawn under a plan."""

    def __init__(self, source: Source, regions: Regions, plan: Plan, tones: Tones | None) -> None:
        self._source, self._regions, self._plan, self._tones = source, regions, plan, tones
        self._paper = self._detailed_paper() if plan.step else self._plain_paper()
        self._below = self._shown_paper()

    def holds(self, piece: Area) -> bool:
        """Whether a piece of writing as drawn passes the guard's quick measures."""
        alike, tone = guard.quick(*self._pair(piece))
        return alike >= guard.WORD_ALIKE and tone <= guard.TONE_ALIKE

    def layers(self, pictures: list[Area], sample: list[Area]) -> Layers:
        """The streams, and how alike the worst of text and pictures is."""
        patches = [self._patch(area) for area in pictures]
        least = min([self._text_likeness(sample), *(likeness for _, likeness in patches)])
        coding = Coding.LAYERED if self._tones else Coding.RECODED
        return Layers((self._paper, *(picture for picture, _ in patches)), self._masks(pictures), coding, least)

    def _text_likeness(self, sample: list[Area]) -> float:
        """Of these areas as drawn on the page."""
        if not sample:
            return 1.0
        values, weights = list[float](), list[int]()
        for area in sample:
            around = Area(max(0, area.x0 - _PAD_PX), max(0, area.y0 - _PAD_PX), area.x1 + _PAD_PX, area.y1 + _PAD_PX)
            inner = Area(area.x0 - around.x0, area.y0 - around.y0, area.x1 - around.x0, area.y1 - around.y0)
            values.append(guard.similarity(*self._pair(around), [inner]))
            weights.append(area.pixels)
        return float(np.average(values, weights=weights))

    def _pair(self, area: Area) -> tuple[Grey, Grey]:
        """An area as scanned and as drawn."""
        rows, columns = slice(area.y0, area.y1), slice(area.x0, area.x1)
        scanned, below = self._source.grey[rows, columns], self._below[rows, columns]
        return scanned, self._tones.drawn(scanned, below) if self._tones else below

    def _plain_paper(self) -> Picture:
        """A small picture that is stretched over the page."""
        paper, cell = self._regions.paper, 2 * self._source.factor
        height, width = paper.shape[:2]
        grey = self._source.is_grey
        data = encoded(np.ascontiguousarray(paper[..., 0]) if grey else paper, _PAPER_STEP)
        return Picture(Area(0, 0, width * cell, height * cell), data, width, height, grey)

    def _detailed_paper(self) -> Picture:
        """The even paper with what the masks do not hold of the writing."""
        source, cell = self._source, 2 * self._source.factor
        smooth = self._regions.paper
        size = (smooth.shape[1] * cell, smooth.shape[0] * cell)
        whole = np.asarray(cv2.resize(smooth, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
        whole = whole[: source.height_px, : source.width_px].copy()
        for area in self._regions.writing:
            rows, columns = blocks(area)
            whole[rows, columns, 0] = without_ink(source.grey[rows, columns], self._tones)
        pixels = np.ascontiguousarray(whole[..., 0]) if source.is_grey else whole
        area = Area(0, 0, source.width_px, source.height_px)
        return Picture(area, encoded(pixels, self._plan.step, known_steps(source, self._tones)), *area.size, source.is_grey)

    def _shown_paper(self) -> Grey:
        shown = grey_of(self._paper.jpeg)
        width, height = self._source.width_px, self._source.height_px
        if shown.shape == (height, width):
            return shown
        # viewers may draw small pictures without smoothing
        whole = cv2.resize(shown, self._paper.area.size, interpolation=cv2.INTER_NEAREST)
        return np.asarray(whole[:height, :width], dtype=np.uint8)

    def _patch(self, area: Area) -> tuple[Picture, float]:
        """A part of the page as it was scanned, and how alike it stays."""
        source = self._source
        rows, columns = slice(area.y0, area.y1), slice(area.x0, area.x1)
        grey = source.grey[rows, columns]
        pixels = grey if source.is_grey else source.ycc(rows, columns)
        tried: dict[int, float] = {}

        def coded(step: int, *, small: bool) -> bytes:
            whole = np.ascontiguousarray(pixels)
            return encoded(whole, step, source.steps, halved_chroma=source.halved_chroma, small=small)

        def is_alike(step: int) -> bool:
            tried[step] = guard.similarity(grey, grey_of(coded(step, small=False)))
            return tried[step] >= _PICTURE_ALIKE

        first = bisect_left(PICTURE_STEPS[:-1], x=True, key=is_alike)
        step = PICTURE_STEPS[first]
        if step not in tried:
            is_alike(step)
        return Picture(area, coded(step, small=True), *area.size, source.is_grey), tried[step]

    def _masks(self, pictures: list[Area]) -> tuple[Mask, ...]:
        if not self._tones:
            return ()
        grey = self._source.grey
        if pictures:
            grey = grey.copy()
            for area in pictures:
                grey[area.y0 : area.y1, area.x0 : area.x1] = 255
        tones = zip(self._tones.limits, self._tones.levels, strict=True)
        return tuple(Mask(level, group4(grey < limit)) for limit, level in tones)
