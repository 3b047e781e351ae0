"""The summary of a run, as lines to read and to paste."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scripts.soak.invariants import Violation
from scripts.soak.planted import PLANTS
from scripts.soak.run import Outcome

SHOWN = 8
"""Violations told of one invariant; the rest is counted."""


def summary(outcome: Outcome) -> str:
    """Faults, load, what became of it, and each invariant."""
    options = outcome.options
    lines = ["", f"seed {options.seed}: {options.seconds / 60:g} min of faults, {sum(outcome.done.values())} faults done"]
    lines += [_pairs("faults", outcome.done), _pairs("not done here", outcome.not_done)]
    lines += [_pairs("store requests spoilt", outcome.spoilt), _pairs("answers of the door", outcome.answers)]
    lines += [f"{name}: {_told(value)}" for name, value in outcome.figures.items()]
    lines += [_pairs("attention before retry", outcome.attention), ""]
    for name, found in outcome.found.items():
        lines.append(f"{name:15} {'holds' if not found else f'VIOLATED {len(found)} times'}")
        lines += [f"    {one.what}" for one in found[:SHOWN]]
    verdict = f"{len(outcome.violations)} violations" if outcome.violations else "no invariant violated"
    if options.planted:
        told = ", ".join(f"{one.invariant}: {one.what}" for one in named(outcome)[:1]) or "NOT NAMED by its invariant"
        verdict += f"; planted {options.planted}: {told}"
    return "\n".join([*(line for line in lines if not line.endswith(": -")), "", f"seed {options.seed}: {verdict}"])


def named(outcome: Outcome) -> list[Violation]:
    """What the invariant that the planted bug breaks says of just that."""
    plant = PLANTS[outcome.options.planted]
    return [one for one in outcome.found.get(plant.named_by, []) if re.search(plant.words, one.what)]


def _pairs(name: str, counts: Mapping[str, int]) -> str:
    told = ", ".join(f"{key} {count}" for key, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
    return f"{name}: {told or '-'}"


def _told(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {count}" for key, count in sorted(value.items())) or "-"
    return str(value)
