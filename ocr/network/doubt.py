"""Steps of a line whose output is not clear: which letters they stand for, likeliest first.

A prefix search over the few likely outputs (Hannun et al. 2014, after Graves 2006). It adds up the ways of spreading the same
letters over the steps; the likeliest output of each step alone would lose a letter that two steps share.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LIKELY, _LEAST = 0.03, 1e-9
_MOST_OUTPUTS, _MOST_HELD, _MOST_GIVEN = 5, 16, 6

Codes = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Outputs that such steps may stand for, and the logarithms of their probability and of their least clear output's.

    An output is as clear as its clearest step.
    """

    codes: Codes
    likely: float
    clear: float


def readings(likely: NDArray[np.float32], null: int, before: int, after: int) -> list[Reading]:
    """The likeliest readings of steps (`likely`: probabilities, a row a step) between two clear outputs, best first.

    What runs on from `before` or into `after` belongs to these and is not given again.
    """
    codes = _codes(likely, null)
    steps = np.maximum(likely[:, [null, *codes]], _LEAST).tolist()
    # by the letters so far: how likely they are with the last step being nothing, and being the last letter
    held: dict[Codes, tuple[float, float]] = {(): (1.0, 0.0) if before == null else (0.0, 1.0)}
    scale = 0.0
    for nothing, *letters in steps:
        grown: dict[Codes, tuple[float, float]] = {}
        for made, (rested, spoken) in held.items():
            last = made[-1] if made else before
            _add(grown, made, (rested + spoken) * nothing, 0.0)
            for code, share in zip(codes, letters, strict=True):
                if code == last:
                    _add(grown, made, 0.0, spoken * share)
                    _add(grown, (*made, code), 0.0, rested * share)
                else:
                    _add(grown, (*made, code), 0.0, (rested + spoken) * share)
        best = sorted(grown.items(), key=lambda entry: -sum(entry[1]))[:_MOST_HELD]
        most = sum(best[0][1])  # products of many steps would vanish
        scale += math.log(most)
        held = {made: (rested / most, spoken / most) for made, (rested, spoken) in best}
    clear = dict(zip([null, *codes], np.log(np.maximum(likely[:, [null, *codes]].max(axis=0), _LEAST)).tolist(), strict=True))
    return _given(held, null, after, scale, clear)


def _codes(likely: NDArray[np.float32], null: int) -> list[int]:
    most = likely.max(axis=0)
    most[null] = 0
    codes = np.flatnonzero(most >= _LIKELY)
    if len(codes) > _MOST_OUTPUTS:
        codes = codes[np.argsort(-most[codes], kind="stable")[:_MOST_OUTPUTS]]
    return [int(code) for code in codes]


def _add(grown: dict[Codes, tuple[float, float]], made: Codes, rested: float, spoken: float) -> None:
    before = grown.get(made, (0.0, 0.0))
    grown[made] = (before[0] + rested, before[1] + spoken)


def _given(held: dict[Codes, tuple[float, float]], null: int, after: int, scale: float, clear: dict[int, float]) -> list[Reading]:
    told: dict[Codes, float] = {}
    for made, (rested, spoken) in held.items():
        if after != null and made and made[-1] == after:
            told[made] = told.get(made, 0.0) + rested
            told[made[:-1]] = told.get(made[:-1], 0.0) + spoken
        else:
            told[made] = told.get(made, 0.0) + rested + spoken
    best = sorted(((codes, share) for codes, share in told.items() if share > 0), key=lambda entry: -entry[1])[:_MOST_GIVEN]
    return [Reading(codes, math.log(share) + scale, min((clear[code] for code in codes), default=0.0)) for codes, share in best]
