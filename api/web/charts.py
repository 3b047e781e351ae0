"""Small static charts as numbers for an SVG template: nothing is drawn by a script, and a table stands beneath each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, FOOT, HEAD, SIDE = 720.0, 240.0, 28.0, 20.0, 36.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its place in the drawing, its label beneath and the number above (empty: nothing to count)."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars from 0 to 100 percent, and the lines behind them."""

    width: float
    height: float
    base: float
    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, str], ...]
    """Height and label of each line."""


def percent_bars(values: Sequence[tuple[str, float | None]]) -> Chart:
    """A bar for each (label, percentage)."""
    base, room = HEIGHT - FOOT, HEIGHT - FOOT - HEAD
    step = (WIDTH - SIDE) / max(len(values), 1)
    bars = []
    for at, (label, value) in enumerate(values):
        tall = room * min(value or 0.0, 100.0) / 100
        told = "" if value is None else f"{value:.0f}"
        bars.append(Bar(SIDE + step * (at + 0.2), base - tall, step * 0.6, tall, label, told))
    lines = tuple((base - room * share / 100, f"{share}") for share in (0, 50, 80, 100))
    return Chart(WIDTH, HEIGHT, base, tuple(bars), lines)
