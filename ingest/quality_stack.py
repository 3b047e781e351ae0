"""What only shows when the pages of one file are seen together: a sheet longer than its neighbours was fed with the next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from ingest.model import Note, PageImage
from ingest.options import QualityOptions

_LEAST_PAGES = 3
_SAME_WIDTH = 0.05


def judged(pages: Sequence[PageImage], options: QualityOptions) -> tuple[PageImage, ...]:
    """The pages, with a note on each that is longer than the others of its width: two sheets that overlap, fed at once."""
    if len(pages) < _LEAST_PAGES:
        return tuple(pages)
    sizes = [(page.width_px / page.dpi, page.height_px / page.dpi) for page in pages]
    wide, long = median(size[0] for size in sizes), median(size[1] for size in sizes)
    return tuple(
        _noted(page, size[1] / long)
        if abs(size[0] / wide - 1) <= _SAME_WIDTH and size[1] >= long * options.double_feed_ratio
        else page
        for page, size in zip(pages, sizes, strict=True)
    )


def unfit(pages: Sequence[PageImage], options: QualityOptions) -> bool:
    """Whether a person has to look at one of the pages before anything is signed."""
    return any(note.code in options.hold for page in pages for note in page.quality.notes)


def _noted(page: PageImage, ratio: float) -> PageImage:
    note = Note("double_feed", {"percent": round(100 * (ratio - 1)), "x0": 0, "y0": round(1000 / ratio), "x1": 1000, "y1": 1000})
    return replace(page, quality=replace(page.quality, notes=(*page.quality.notes, note)))
