"""Ink that hangs together, counted and measured."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

_MOST_NARROW = 65_000


def groups(ink: MatLike) -> tuple[int, NDArray[Any], NDArray[Any], NDArray[Any]]:
    """How many groups of touching pixels (corners touch) `ink` has, its ground counted, with labels, stats and centres.

    As OpenCV gives them, which takes half of the time where labels fit into 16 bits.
    """
    kind = cv2.CV_16U if _most(ink) <= _MOST_NARROW else cv2.CV_32S
    count, labels, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8, ltype=kind)
    return count, labels, stats, centres


def _most(ink: MatLike) -> int:
    """At least the groups there are, and those OpenCV begins and then joins: each begins where no ink is left or above."""
    inked = np.asarray(ink) > 0
    begun = inked[1:, 1:] > (inked[1:, :-1] | inked[:-1, 1:])
    return int(np.count_nonzero(begun) + np.count_nonzero(inked[0]) + np.count_nonzero(inked[:, 0]))
