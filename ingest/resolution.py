"""How many pixels an inch of paper has: believed when a tag is plausible, else from the paper the pixels would fill.

Scanners and converters often leave the tag out or write their default (72, 96). A wrong figure makes wrong paper sizes in
the record and blind OCR, so a tag counts only if the sheet it implies exists. Pure; no I/O.
"""

from __future__ import annotations

import math

from ingest.model import DpiSource

_STANDARD_DPI = (100, 150, 200, 300, 400, 600)
_LOWEST_DPI, _HIGHEST_DPI = 70, 1200
_DEFAULT_DPI = 100
"""Up to here a tag is more often a program's default than a measurement: it counts only if a known paper results."""

_MM_PER_INCH = 25.4
_LARGEST_MM = (900.0, 1300.0)
"""A0 with slack: maps and plans from wide scanners, whose tags are set on purpose."""
_SMALLEST_MM = (30.0, 45.0)

_PAPERS_MM: tuple[tuple[float, float, float], ...] = (
    # short side, long side, how unlikely it is beside A4 (added to the relative misfit)
    (210.0, 297.0, 0.0),
    (215.9, 279.4, 0.02),
    (215.9, 355.6, 0.03),
    (148.0, 210.0, 0.03),
    (297.0, 420.0, 0.03),
    (54.0, 85.6, 0.03),
)
"""A4, Letter, Legal, A5, A3 (ISO 216, ANSI), ID-1 card (ISO/IEC 7810)."""
_MISFIT = 0.06
_EXACT = 0.02
_OVERFLOW = 1.03
"""A photo shows paper with some table around it; the paper may pass the frame by so much at most."""


def resolution(width_px: int, height_px: int, tag: tuple[float, float] | None) -> tuple[float, DpiSource]:
    """Pixels per inch of a page image, and how that is known. `tag` is what the file says per axis, if anything."""
    if tag is not None and plausible(width_px, height_px, tag):
        return round((tag[0] + tag[1]) / 2, 2), DpiSource.TAG
    return float(from_paper(width_px, height_px)), DpiSource.PAGE_SIZE


def plausible(width_px: int, height_px: int, tag: tuple[float, float]) -> bool:
    """Whether a sheet of the size that the tag implies may have lain on a scanner."""
    across, along = tag
    if not all(math.isfinite(value) and _LOWEST_DPI <= value <= _HIGHEST_DPI for value in tag):
        return False
    if max(across, along) > 1.05 * min(across, along):
        return False  # fax: lines and columns of different density
    short, long = sorted((width_px / across * _MM_PER_INCH, height_px / along * _MM_PER_INCH))
    if across <= _DEFAULT_DPI:
        return any(max(_off(short, paper[0], _MM_PER_INCH), _off(long, paper[1], _MM_PER_INCH)) <= _EXACT for paper in _PAPERS_MM)
    return _SMALLEST_MM[0] <= short <= _LARGEST_MM[0] and _SMALLEST_MM[1] <= long <= _LARGEST_MM[1]


def from_paper(width_px: int, height_px: int) -> int:
    """The standard resolution at which the pixels fill a known paper best.

    Where none fits (phone photos, crops): the highest one at which A4, or failing that A5, still lies inside the frame.
    """
    short, long = sorted((width_px, height_px))
    misfits = [
        (max(_off(short, paper[0], dpi), _off(long, paper[1], dpi)), paper[2], dpi)
        for paper in _PAPERS_MM
        for dpi in _STANDARD_DPI
    ]
    fitting = [(misfit + rarity, dpi) for misfit, rarity, dpi in misfits if misfit <= _MISFIT]
    if fitting:
        return min(fitting)[1]
    for paper in ((210.0, 297.0), (148.0, 210.0)):
        inside = min(short / paper[0], long / paper[1]) * _MM_PER_INCH * _OVERFLOW
        possible = [dpi for dpi in _STANDARD_DPI if dpi <= inside]
        if possible:
            return possible[-1]
    return _STANDARD_DPI[0]


def _off(length: float, side_mm: float, per_inch: float) -> float:
    """Relative misfit of one side; `length` in pixels at `per_inch`."""
    return abs(math.log(length / (side_mm / _MM_PER_INCH * per_inch)))
