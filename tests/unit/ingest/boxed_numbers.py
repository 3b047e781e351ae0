"""Functions that tests run inside a box, with the libraries that count."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np


def threads_that_count() -> tuple[int, int]:
    """How many threads OpenCV would use, and how many more there are once matrices were multiplied."""
    before = _threads()
    square = np.ones((700, 700))
    for _ in range(3):
        square = square @ square / 700
    return cv2.getNumThreads(), _threads() - before


def _threads() -> int:
    return sum(1 for _ in Path("/proc/self/task").iterdir())
