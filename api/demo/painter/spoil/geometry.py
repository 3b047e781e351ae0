"""Turns, skews, scales and perspective: everything that moves words, with their boxes.

Matrices map points of the page to points of the result (3 × 3, homogeneous, pixels). A box becomes the smallest
axis-parallel box around its four moved corners, which always holds the word's ink.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from api.demo.painter.page import PaintedPage, TrueWord
from ocr.model import Box

Matrix = NDArray[np.float64]
Point = tuple[float, float]


def moved_box(box: Box, matrix: Matrix) -> Box:
    """The box around the four moved corners of a box."""
    corners = np.array([[box.x0, box.x1, box.x1, box.x0], [box.y0, box.y0, box.y1, box.y1], [1.0, 1.0, 1.0, 1.0]])
    points = matrix @ corners
    xs, ys = points[0] / points[2], points[1] / points[2]
    return Box(float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max()))


def moved(page: PaintedPage, image: Image.Image, matrix: Matrix, dpi: int | None = None) -> PaintedPage:
    """The page with a new image and every box moved by the matrix."""
    words = tuple(TrueWord(word.text, moved_box(word.box, matrix)) for word in page.words)
    anchors = {name: moved_box(box, matrix) for name, box in page.anchors.items()}
    return replace(page, image=image, words=words, anchors=anchors, dpi=dpi or page.dpi)


def turned(page: PaintedPage, degrees: int) -> PaintedPage:
    """The page turned clockwise by 90, 180 or 270 degrees."""
    width, height = page.image.size
    turns: dict[int, tuple[Image.Transpose, list[list[float]]]] = {
        90: (Image.Transpose.ROTATE_270, [[0, -1, height], [1, 0, 0], [0, 0, 1]]),
        180: (Image.Transpose.ROTATE_180, [[-1, 0, width], [0, -1, height], [0, 0, 1]]),
        270: (Image.Transpose.ROTATE_90, [[0, 1, 0], [-1, 0, width], [0, 0, 1]]),
    }
    transpose, matrix = turns[degrees]
    return moved(page, page.image.transpose(transpose), np.array(matrix, dtype=np.float64))


def _paper_colour(image: Image.Image) -> tuple[int, ...]:
    small = np.asarray(image.resize((64, 64), Image.Resampling.BOX))
    return tuple(int(part) for part in np.median(small.reshape(-1, small.shape[-1]), axis=0))


def skewed(page: PaintedPage, degrees: float) -> PaintedPage:
    """The page turned clockwise by a small angle about its middle, on a sheet of the same size."""
    width, height = page.image.size
    angle = math.radians(degrees)
    cos, sin, cx, cy = math.cos(angle), math.sin(angle), width / 2, height / 2
    matrix = np.array([[cos, -sin, cx - cos * cx + sin * cy], [sin, cos, cy - sin * cx - cos * cy], [0.0, 0.0, 1.0]])
    inverse = np.linalg.inv(matrix)
    image = page.image.transform(
        page.image.size, Image.Transform.AFFINE, inverse[:2].ravel().tolist(), Image.Resampling.BICUBIC,
        fillcolor=_paper_colour(page.image),
    )  # fmt: skip
    return moved(page, image, matrix)


def rescaled(page: PaintedPage, dpi: int) -> PaintedPage:
    """The page as a scanner set to another resolution sees it."""
    factor = dpi / page.dpi
    size = (max(1, round(page.image.width * factor)), max(1, round(page.image.height * factor)))
    matrix = np.diag([size[0] / page.image.width, size[1] / page.image.height, 1.0])
    return moved(page, page.image.resize(size, Image.Resampling.LANCZOS), matrix, dpi)


def shifted(page: PaintedPage, image: Image.Image, dx: float, dy: float) -> PaintedPage:
    """The page on a larger image, its corner at (dx, dy)."""
    return moved(page, image, np.array([[1.0, 0.0, dx], [0.0, 1.0, dy], [0.0, 0.0, 1.0]]))


def homography(source: Sequence[Point], target: Sequence[Point]) -> Matrix:
    """The perspective that takes four points to four others."""
    rows: list[list[float]] = []
    right: list[float] = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    solved = np.linalg.solve(np.array(rows, dtype=np.float64), np.array(right, dtype=np.float64))
    return np.append(solved, 1.0).reshape(3, 3)


def warped(page: PaintedPage, corners: Sequence[Point], background: Image.Image) -> PaintedPage:
    """The page laid on a background with its corners (clockwise from top-left) at the given points."""
    width, height = page.image.size
    matrix = homography([(0, 0), (width, 0), (width, height), (0, height)], corners)
    inverse = np.linalg.inv(matrix)
    inverse /= inverse[2, 2]
    data = inverse.ravel()[:8].tolist()
    image = page.image.transform(background.size, Image.Transform.PERSPECTIVE, data, Image.Resampling.BICUBIC)
    where = Image.new("L", page.image.size, 255).transform(
        background.size, Image.Transform.PERSPECTIVE, data, Image.Resampling.BILINEAR
    )
    result = background.copy()
    result.paste(image, (0, 0), where)
    across = math.dist(corners[0], corners[1]) / width
    return moved(page, result, matrix, round(page.dpi * across))
