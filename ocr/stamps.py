"""Stamps of state secrecy looked for in the pixels of a page: small frames, read each by itself."""

from __future__ import annotations

import numpy as np

from ingest.model import PageImage
from ocr.engines.choice import engine
from ocr.engines.words import BLOCK
from ocr.errors import EngineFailed
from ocr.model import SecrecyMark
from ocr.options import ReadOptions
from ocr.prepare.decode import Grey, Pixels
from ocr.prepare.frames import LOOK_DPI, framed
from ocr.prepare.geometry import carried, quarter_turn, within
from ocr.secrecy import stamped


def stamp_on(pixels: Pixels, image: PageImage, turn_deg: int, options: ReadOptions) -> SecrecyMark | None:
    """The first stamp of secrecy on the page (`pixels` as stored, `turn_deg` makes them upright), box as stored; or None.

    Raises EngineMissing, PageTimeout.
    """
    upright = np.ascontiguousarray(np.rot90(pixels, -(turn_deg // 90) % 4))
    to_stored = np.asarray(np.linalg.inv(quarter_turn(turn_deg, image.width_px, image.height_px)), dtype=np.float64)
    for frame in framed(upright, image.dpi):
        level = stamped(_read(frame.grey, options))
        if level is not None:
            box = within(carried(frame.box, to_stored), image.width_px, image.height_px)
            return SecrecyMark(level, framed=True, box=box)
    return None


def _read(grey: Grey, options: ReadOptions) -> tuple[str, ...]:
    try:
        words = engine(options.engine).read(grey, LOOK_DPI, options.language, options.page_seconds, BLOCK)
    except EngineFailed:  # nothing that looks like text
        return ()
    return tuple(word.text for word in words)
