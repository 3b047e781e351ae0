"""Whose work somebody reaches: a set of unit codes, written as text so that it travels like one code.

Empty text reaches everything; else codes stand between single spaces, one's own unit first. A single code is its own reach, so
a rule that compares codes only is right for whoever has one unit and finds nothing for others: it can fail closed, never open.
"""

from __future__ import annotations

from collections.abc import Iterable

Reach = str
EVERYTHING: Reach = ""


def reach_of(unit: str, further: Iterable[str] = ()) -> Reach:
    """The reach of somebody at `unit` who also answers for `further` units; no unit reaches everything."""
    return " ".join(dict.fromkeys((unit, *further))) if unit else EVERYTHING


def codes_in(reach: Reach) -> tuple[str, ...]:
    """The unit codes of a reach, one's own first; none for everything."""
    return tuple(reach.split(" ")) if reach else ()


def covers(reach: Reach, unit: str) -> bool:
    """True if work of `unit` is within `reach`."""
    return not reach or unit in codes_in(reach)


def narrowed(reach: Reach, unit: str) -> Reach:
    """The reach, or the one unit of it that is asked for; one beyond it narrows nothing."""
    return unit if unit and covers(reach, unit) else reach


def home(reach: Reach) -> str:
    """One's own unit, or empty text."""
    return reach.partition(" ")[0]
