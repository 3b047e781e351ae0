"""Is the scan fit? Blank, blurred, skewed, black borders, too coarse: measured on a reduced image, told as notes.

Nothing is refused here and no pixel is changed: a person decides whether to scan again. What shows at edges: `quality_edges`.
"""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from ingest import quality_edges
from ingest.model import Note, Quality
from ingest.options import IntakeOptions
from ingest.reduced import Reduced, reduced

Grey = npt.NDArray[np.uint8]
Ink = npt.NDArray[np.bool_]

_COARSE_DPI = 75
_DPI_SLACK = 0.98
"""Paper trimmed or stretched by the feeder makes 296 of 300 dpi."""

_EDGE_SHARE = 0.04
"""Outer part left out when looking for ink: feeder shadows and punch holes."""

_TILE_PX = 64
_SHARP_TILES = 10

_SKEW_LIMIT_DEG = 10.0
_SKEW_POINTS = 12_000
_SKEW_CERTAIN = 1.3
"""Lines of writing pile up three times as high at their angle than at others; a lone seal has no angle."""

_BORDER_DARK = 70
_BORDER_MM = 3.0
_BORDER_SHARE = 0.6


def measure(path: str, dpi: float, options: IntakeOptions) -> Quality:
    """How fit the page image at `path` is; `dpi` is its resolution. Raises PageUnreadable."""
    return judge(reduced(path, dpi), dpi, options)


def judge(page: Reduced, dpi: float, options: IntakeOptions) -> Quality:
    """How fit a page is, from its reduced image and the `dpi` it is stored with."""
    work = np.asarray(page.image)
    shrink = min(1.0, _COARSE_DPI / page.dpi)
    coarse = cast("Grey", cv2.resize(work, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA))
    limits = options.quality
    ink = _ink(coarse, limits.ink_depth)
    blank = bool(ink.mean() < limits.blank_share)
    blur = 0.0 if blank else _sharpness(work)
    skew = 0.0 if blank else _skew_deg(ink)
    notes: list[Note] = _resolution_notes(dpi, options)
    if blank:
        notes.append(Note("blank_page"))
    elif blur < limits.blurred_below:
        notes.append(Note("blurred", {"sharpness": round(blur)}))
    if abs(skew) >= limits.skewed_from_deg:
        notes.append(Note("skewed", {"degrees": round(skew, 1)}))
    if not blank and _has_black_border(coarse, page.dpi * shrink):
        notes.append(Note("black_border"))
    if not blank:
        notes.extend(quality_edges.notes(coarse, page.dpi * shrink, limits))
    return Quality(blank, round(skew, 2), round(blur, 1), tuple(notes))


def _resolution_notes(dpi: float, options: IntakeOptions) -> list[Note]:
    if dpi < options.min_dpi * _DPI_SLACK:
        return [Note("below_min_dpi", {"dpi": round(dpi), "limit": options.min_dpi})]
    if dpi < options.target_dpi * _DPI_SLACK:
        return [Note("below_target_dpi", {"dpi": round(dpi), "limit": options.target_dpi})]
    return []


def _ink(coarse: Grey, depth: int) -> Ink:
    """Pixels clearly darker than the paper, edges left out."""
    dy, dx = int(coarse.shape[0] * _EDGE_SHARE), int(coarse.shape[1] * _EDGE_SHARE)
    inner = coarse[dy : coarse.shape[0] - dy, dx : coarse.shape[1] - dx]
    paper = float(np.percentile(inner[::4, ::4], 80))
    return inner < paper - depth


def _sharpness(work: Grey) -> float:
    """Variance of the Laplacian in the ten sharpest tiles: most of a short letter is empty paper."""
    edges = cv2.Laplacian(work, cv2.CV_16S)
    rows, columns = edges.shape[0] // _TILE_PX, edges.shape[1] // _TILE_PX
    if rows == 0 or columns == 0:
        return float(edges.var())
    whole = edges[: rows * _TILE_PX, : columns * _TILE_PX].astype(np.float32)
    tiles = whole.reshape(rows, _TILE_PX, columns, _TILE_PX).var(axis=(1, 3))
    return float(np.sort(tiles, axis=None)[-_SHARP_TILES:].mean())


def _skew_deg(ink: Ink) -> float:
    """The clockwise angle at which lower edges of writing pile up best in rows (or columns, for a page on its side)."""
    lower = ink[:-1] & ~ink[1:]
    side = ink[:, :-1] & ~ink[:, 1:]
    upright, upright_sharp = _best_angle(*np.nonzero(lower))
    turned_columns, turned_rows = np.nonzero(side)[::-1]
    turned, turned_sharp = _best_angle(turned_columns, turned_rows)
    if max(upright_sharp, turned_sharp) < _SKEW_CERTAIN:
        return 0.0
    # columns lean the other way: seen along y, a clockwise turn moves them to smaller x
    return upright if upright_sharp >= turned_sharp else -turned


def _best_angle(across: npt.NDArray[np.intp], along: npt.NDArray[np.intp]) -> tuple[float, float]:
    """Angle in degrees that makes the profile of `across` sharpest, and how sharp it is beside the flattest."""
    if across.size < 50:
        return 0.0, 0.0
    step = max(1, across.size // _SKEW_POINTS)
    a, b = across[::step].astype(np.float32), along[::step].astype(np.float32)
    best, scores = 0.0, {0.0: _pile(a, b, 0.0)}
    for reach, pace in ((_SKEW_LIMIT_DEG, 1.0), (1.0, 0.25), (0.25, 0.05)):
        for angle in np.arange(best - reach, best + reach + pace / 2, pace):
            scores.setdefault(round(float(angle), 3), _pile(a, b, float(angle)))
        best = max(scores, key=lambda angle: scores[angle])
    return best, scores[best] / min(scores.values())


def _pile(across: npt.NDArray[np.float32], along: npt.NDArray[np.float32], angle_deg: float) -> float:
    rows = across - along * np.float32(np.tan(np.radians(angle_deg)))
    counts = np.bincount((rows - rows.min()).astype(np.int32))
    return float((counts.astype(np.float64) ** 2).sum())


def _has_black_border(coarse: Grey, dpi: float) -> bool:
    """Whether a side is black over its length: a lid left open, a sheet smaller than the glass."""
    wide = max(2, int(_BORDER_MM / 25.4 * dpi))
    dark = coarse < _BORDER_DARK
    strips = (dark[:wide], dark[-wide:], dark[:, :wide], dark[:, -wide:])
    return dark.mean() < 0.5 and any(float(strip.mean()) > _BORDER_SHARE for strip in strips)
