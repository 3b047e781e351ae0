"""Many lines at once say what each says alone, worked out step by step."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from ocr.network import forward
from ocr.network.forward import Network, Values
from ocr.network.layers import Layers, Recurrence

HEIGHT, FEATURES, DOWN, ALONG, OUTPUTS = 6, 3, 4, 5, 7
RANDOM = np.random.default_rng(7)


def weights(rows: int, columns: int) -> Values:
    return RANDOM.normal(0, 0.7, (rows, columns)).astype(np.float32)


LAYERS = Layers(
    HEIGHT,
    weights(FEATURES, 10),
    Recurrence(weights(FEATURES + DOWN + 1, 4 * DOWN)),
    (Recurrence(weights(DOWN + ALONG + 1, 4 * ALONG)), Recurrence(weights(2 * ALONG + 1, 4 * ALONG), backwards=True)),
    weights(ALONG + 1, OUTPUTS),
)


def line(width: int) -> Values:
    return RANDOM.uniform(-1, 1, (HEIGHT, width)).astype(np.float32)


def together(lines: list[Values]) -> list[Values]:
    found: dict[int, Values] = {}
    for some in Network(LAYERS).run(lines):
        found |= some
    return [found[at] for at in range(len(lines))]


def sigma(value: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-value))


def recurrence(steps: NDArray[np.float64], layer: Recurrence) -> NDArray[np.float64]:
    """One LSTM in the words of its inventors (Hochreiter, Schmidhuber 1997; Gers 2000), step by step."""
    states = layer.states
    table = layer.weights.astype(np.float64)
    state, cell, told = np.zeros(states), np.zeros(states), []
    for step in steps[::-1] if layer.backwards else steps:
        gates = np.concatenate([step, state, [1.0]]) @ table
        into, forget, out = (sigma(2 * gates[at * states : (at + 1) * states]) for at in range(3))
        cell = forget * cell + into * np.tanh(gates[3 * states :])
        state = out * np.tanh(cell)
        told.append(state)
    return np.array(told[::-1] if layer.backwards else told)


def alone(pixels: Values) -> NDArray[np.float64]:
    """One line through the same layers, in a rim of middle grey."""
    count = pixels.shape[1] // 3
    canvas = np.pad(pixels[:, : 3 * count].astype(np.float64), 1)
    kernel = LAYERS.convolution.astype(np.float64)
    convolved = np.empty((HEIGHT, 3 * count, FEATURES))
    for y in range(HEIGHT):
        for x in range(3 * count):
            window = canvas[y : y + 3, x : x + 3]
            convolved[y, x] = np.tanh(window.T.ravel() @ kernel[:, :9].T + kernel[:, 9])
    pooled = convolved.reshape(HEIGHT // 3, 3, count, 3, FEATURES).max(axis=(1, 3))
    steps = np.array([recurrence(pooled[:, at], LAYERS.down)[-1] for at in range(count)])
    for layer in LAYERS.along:
        steps = recurrence(steps, layer)
    scores = steps @ LAYERS.output[:-1].astype(np.float64) + LAYERS.output[-1]
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def test_lines_of_all_widths_say_what_each_says_step_by_step() -> None:
    lines = [line(width) for width in (30, 9, 61, 12, 3, 30)]
    for pixels, said in zip(lines, together(lines), strict=True):
        assert said.shape == (pixels.shape[1] // 3, OUTPUTS)
        assert said == pytest.approx(alone(pixels), abs=2e-5)


def test_pieces_and_batches_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [line(width) for width in (60, 33, 90, 12, 45)]
    whole = together(lines)
    monkeypatch.setattr(forward, "_PIECE", 7)
    monkeypatch.setattr(forward, "_TOGETHER", 40)
    for before, said in zip(whole, together(lines), strict=True):
        assert said == pytest.approx(before, abs=2e-5)


def test_lines_narrower_than_a_step_say_nothing() -> None:
    assert [said.shape for said in together([line(2), line(1)])] == [(0, OUTPUTS)] * 2
    assert [len(said) for said in together([line(2), line(9)])] == [0, 3]
    assert together([]) == []
