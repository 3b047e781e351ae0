"""Bugs that the harness must find: each module patches the product from outside, in the processes that are started with it.

`python -m scripts.soak.planted NAME ARGUMENTS…` is `sohoa ARGUMENTS…` with the bug. The product itself knows no such switch.
A run with a bug is short and aimed: only the faults that bring this bug to light, so that it is found every time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scripts.soak.plan import Kind

MINUTES = 0.4
"""How long the faults of such a run go on by default."""


_LIGHT = {"long_papers": False}


@dataclass(frozen=True, slots=True)
class Plant:
    """One bug."""

    module: str
    """Its `plant()` puts it in."""
    named_by: str
    """The invariant that must be violated."""
    words: str
    """What the violation must say: a pattern."""
    aim: Mapping[str, Any] = field(default_factory=dict)
    """Options of the run that differ from those of a run without a bug."""


PLANTS = {
    "ack-before-commit": Plant(
        "scripts.soak.planted.ack_before_commit", "accepted-once", r": 0 rows$",
        _LIGHT | {"deck": (Kind.KILL_WEB,), "pause_s": 2.5, "in_flight": 12},
    ),
    "no-idempotency-key": Plant(
        "scripts.soak.planted.no_idempotency_key", "accepted-once", r": (?:[2-9]|\d\d+) rows$",
        _LIGHT | {"deck": (Kind.DATABASE_CUT,), "pause_s": 8.0, "hang_up_share": 0.5, "in_flight": 3},
    ),
    "number-from-max": Plant(
        "scripts.soak.planted.number_from_max", "codes", r"was given \d+ times",
        _LIGHT | {"deck": (Kind.BROKER_WIPE,), "pause_s": 8.0},
    ),
    "unlink-before-commit": Plant(
        "scripts.soak.planted.unlink_before_commit", "hot-folder", "no row, and no file",
        _LIGHT | {"deck": (Kind.STORE_FAULT,), "store_moods": ("away", "errors", "full"), "pause_s": 6.0, "hot_pause_s": 1.5},
    ),
}  # fmt: skip
