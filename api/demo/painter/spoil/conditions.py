"""The named conditions a page can be put in, and how they are combined.

Each condition is a function of a page and a random generator. The generator depends on the seed and on the name only,
so a condition does the same to a page whatever else is asked for.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import Generator

from api.demo.painter.errors import UnknownCondition
from api.demo.painter.page import PaintedPage
from api.demo.painter.spoil import geometry, handling, marks, phone, tone

Condition = Callable[[PaintedPage, Generator], PaintedPage]


def _clean(page: PaintedPage, rng: Generator) -> PaintedPage:  # noqa: ARG001 - the signature of a condition
    return page


def _skew(page: PaintedPage, rng: Generator) -> PaintedPage:
    return geometry.skewed(page, float(rng.uniform(1.2, 4.0)) * (1 if rng.random() < 0.5 else -1))


def _turn(degrees: int) -> Condition:
    return lambda page, _rng: geometry.turned(page, degrees)


def _at(dpi: int) -> Condition:
    return lambda page, _rng: geometry.rescaled(page, dpi) if page.dpi > dpi else page


ALL_TOGETHER = ("sealed", "entry_stamp", "bleed", "holes", "faded", "skew", "light", "noise", "jpeg")
"""What the condition `all` does, in this order: ink on paper, paper in the scanner, light, sensor, file."""


def _all(page: PaintedPage, rng: Generator) -> PaintedPage:
    for name in ALL_TOGETHER:
        page = CONDITIONS[name](page, rng)
    return page


CONDITIONS: dict[str, Condition] = {
    "clean": _clean, "scanner": tone.scanner, "signed": marks.signed, "sealed": marks.sealed,
    "seal_on_text": marks.seal_over_text, "entry_stamp": marks.entry_stamped, "bleed": tone.bleed_through,
    "holes": marks.punch_holes, "faded": tone.faded,
    "skew": _skew, "turn90": _turn(90), "turn180": _turn(180), "turn270": _turn(270), "borders": marks.black_borders,
    "dpi150": _at(150), "dpi200": _at(200), "light": tone.uneven_light, "blur": tone.blur, "noise": tone.noise, "jpeg": tone.jpeg,
    "fold": handling.folded_corner, "finger": handling.finger, "shadow": handling.shadow, "cut_off": handling.cut_off,
    "bitonal": tone.bitonal, "phone": phone.photographed, "all": _all,
}  # fmt: skip


def spoil(page: PaintedPage, names: Sequence[str], seed: int) -> PaintedPage:
    """The page after the named conditions, in the given order. Equal arguments give equal pixels.

    Raises:
        UnknownCondition: A name is not in `CONDITIONS`.
    """
    for name in names:
        if name not in CONDITIONS:
            raise UnknownCondition(name=name, known=", ".join(CONDITIONS))
        page = CONDITIONS[name](page, np.random.default_rng([seed, page.number, zlib.crc32(name.encode())]))
    return page
