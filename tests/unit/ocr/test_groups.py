"""Groups of ink are OpenCV's, whichever width of labels is taken."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.prepare.groups import groups


@pytest.mark.parametrize(("share", "width"), [(0.0, 2), (0.02, 2), (0.12, 4)])
def test_groups_are_opencv_s_and_labels_are_narrow_only_where_all_fit(share: float, width: int) -> None:
    ink = (np.random.default_rng(1).random((1400, 1000)) < share).astype(np.uint8)
    count, labels, stats, centres = groups(ink)
    wanted = cv2.connectedComponentsWithStats(ink, connectivity=8, ltype=cv2.CV_32S)
    assert labels.dtype.itemsize == width
    assert count == wanted[0]
    assert (labels == wanted[1]).all()
    assert (stats == wanted[2]).all()
    assert np.allclose(centres, wanted[3], equal_nan=True)
