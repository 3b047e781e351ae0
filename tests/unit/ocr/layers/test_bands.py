"""Measures taken band by band are those of the whole image, in a fraction of its memory."""

from __future__ import annotations

import tracemalloc

import cv2
import numpy as np

from ocr.layers import guard
from ocr.layers.sample import without_ink
from ocr.layers.tones import Tones

RANDOM = np.random.default_rng(3)
LEFT = RANDOM.integers(0, 256, (1_200, 900)).astype(np.uint8)
RIGHT = np.clip(LEFT.astype(np.int16) + RANDOM.integers(-20, 21, LEFT.shape), 0, 255).astype(np.uint8)


def test_bands_leave_no_seam() -> None:
    left, right = (cv2.blur(image.astype(np.float32), (7, 7)) for image in (LEFT, RIGHT))
    assert abs(guard.quick(LEFT, RIGHT)[1] - float(np.abs(left - right).mean())) < 1e-4
    tones = Tones((200, 120), (160, 90))
    whole = without_ink(LEFT, tones)
    for top in (200, 300, 500):  # a piece that begins elsewhere has its bands elsewhere
        assert (without_ink(LEFT[top : top + 400], tones)[10:-10] == whole[top + 10 : top + 390]).all()


def test_a_page_of_writing_is_measured_in_little_more_than_its_own_floats() -> None:
    tracemalloc.start()
    guard.similarity(LEFT, RIGHT)
    without_ink(LEFT, Tones((200, 120), (160, 90)))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5 * 4 * LEFT.size
