"""The network run over many lines at once.

Products of matrices want many rows: down the columns, pieces of all lines stand side by side; along the lines, step `t` of every
line that is that long is one product. Values lie so that what is bent together lies together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ocr.network.layers import Layers, Recurrence, Weights

STEP = 3
"""Columns of pixels a step."""
_SEEN = STEP + 2
"""Pixels that a step's pooled convolutions see in each direction."""
_TOGETHER = 16_384
"""Steps of lines run at once, short ones counted as the longest; bounds memory (30 MB)."""
_PIECE = 256
"""Columns that run down together: what they need stays in the second cache."""

Values = NDArray[np.float32]
Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Network:
    """Layers made ready to run; without state, so that threads may share it."""

    layers: Layers

    @cached_property
    def _taps(self) -> Weights:
        """The nine convolutions that are pooled as one table: for each place and feature the pixels around the step."""
        features = self.layers.convolution.shape[0]
        kernel = self.layers.convolution[:, :-1].reshape(features, STEP, STEP).transpose(0, 2, 1)
        taps = np.zeros((STEP, STEP, features, _SEEN, _SEEN), np.float32)
        for down in range(STEP):
            for across in range(STEP):
                taps[down, across, :, down : down + STEP, across : across + STEP] = kernel
        return taps.reshape(STEP**2 * features, _SEEN**2)

    def run(self, lines: Sequence[Values]) -> Iterator[dict[int, Values]]:
        """For each line (`height` by width, -1 black to 1 white) the probabilities of the outputs, a row a step.

        Some lines at a time, by their places among `lines`; lines narrower than a step have no rows.
        """
        steps = np.array([line.shape[1] // STEP for line in lines], dtype=np.int64)
        order = np.argsort(-steps, kind="stable")
        while len(order):
            together = order[: max(_TOGETHER // max(int(steps[order[0]]), 1), 1)]
            order = order[len(together) :]
            outputs = self._batch([lines[at] for at in together], steps[together])
            yield dict(zip(together.tolist(), outputs, strict=True))

    def _batch(self, lines: Sequence[Values], steps: Counts) -> list[Values]:
        """Outputs of lines, the longest first."""
        longest = int(steps[0])
        if not longest:
            return [np.empty((0, self.layers.outputs), np.float32) for _ in lines]
        active = [int(np.count_nonzero(steps > at)) for at in range(longest)]
        values = _spread(self._downwards(self._canvas(lines, steps)), steps, longest)
        for layer in self.layers.along:
            values = _along(values, layer, steps, active)
        return [self._outputs(values[:count, at]) for at, count in enumerate(steps)]

    def _canvas(self, lines: Sequence[Values], steps: Counts) -> Values:
        """Lines side by side, a step apart, in a rim of middle grey.

        Tesseract has noise around each line, as the network was taught; measured on many pages grey does no worse.
        """
        canvas = np.zeros((self.layers.height + 2, STEP * int((steps + 1).sum())), np.float32)
        begin = 1
        for line, count in zip(lines, steps, strict=True):
            canvas[1:-1, begin : begin + STEP * count] = line[:, : STEP * count]
            begin += STEP * (count + 1)
        return canvas

    def _downwards(self, canvas: Values) -> Values:
        """What each step looks like: features pooled three by three, gathered from the top of its column to the foot."""
        windows = sliding_window_view(canvas, (_SEEN, _SEEN))[::STEP, ::STEP].transpose(0, 2, 3, 1)
        rows, steps = windows.shape[0], windows.shape[3]
        weights, states = np.ascontiguousarray(self.layers.down.weights.T), self.layers.down.states
        features, constant = self.layers.convolution.shape[0], self.layers.convolution[:, -1:]
        gathered = np.empty((steps, states), np.float32)
        for begin in range(0, steps, _PIECE):
            width = min(_PIECE, steps - begin)
            into = np.zeros((features + states + 1, width), np.float32)
            into[-1] = 1
            seen, state = into[:features], into[features:-1]
            cell, bent = np.zeros((states, width), np.float32), np.empty((states, width), np.float32)
            gates = np.empty((4 * states, width), np.float32)
            convolved = np.empty((STEP**2 * features, width), np.float32)
            for row in range(rows):
                pixels = windows[row, :, :, begin : begin + width].reshape(_SEEN**2, width)
                np.matmul(self._taps, pixels, out=convolved)
                np.maximum.reduce(convolved.reshape(STEP**2, features, width), axis=0, out=seen)
                seen += constant
                np.tanh(seen, out=seen)
                np.matmul(weights, into, out=gates)
                sigmas, news = gates[: 3 * states], gates[3 * states :]
                _bend(gates, sigmas)
                _remember(cell, sigmas[:states], sigmas[states : 2 * states], news)
                np.tanh(cell, out=bent)
                np.multiply(bent, sigmas[2 * states :], out=state)
            gathered[begin : begin + width] = state.T
        return gathered

    def _outputs(self, states: Values) -> Values:
        """The probabilities of the outputs."""
        values = states @ self.layers.output[:-1]
        values += self.layers.output[-1]
        values -= values.max(axis=1, keepdims=True)
        np.exp(values, out=values)
        values /= values.sum(axis=1, keepdims=True)
        return values


def _along(values: Values, layer: Recurrence, steps: Counts, active: Sequence[int]) -> Values:
    """A recurrence along lines: `values` and result are step by line by state, longest line first."""
    if layer.backwards:
        return _turned(_along(_turned(values, steps), Recurrence(layer.weights), steps, active), steps)
    longest, lines, given = values.shape
    states = layer.states
    into = np.zeros((lines, given + states + 1), np.float32)
    into[:, -1] = 1
    cell, bent = np.zeros((lines, states), np.float32), np.empty((lines, states), np.float32)
    gates = np.empty((lines, 4 * states), np.float32)
    told = np.zeros((longest, lines, states), np.float32)
    for at, count in enumerate(active):
        into[:count, :given] = values[at, :count]
        now = gates[:count]
        np.matmul(into[:count], layer.weights, out=now)
        sigmas, news = now[:, : 3 * states], now[:, 3 * states :]
        _bend(now, sigmas)
        _remember(cell[:count], sigmas[:, :states], sigmas[:, states : 2 * states], news)
        np.tanh(cell[:count], out=bent[:count])
        np.multiply(bent[:count], sigmas[:, 2 * states :], out=told[at, :count])
        into[:count, given:-1] = told[at, :count]
    return told


def _bend(gates: Values, sigmas: Values) -> None:
    np.tanh(gates, out=gates)
    sigmas += 1
    sigmas *= 0.5


def _remember(cell: Values, into: Values, forget: Values, news: Values) -> None:
    cell *= forget
    news *= into
    cell += news


def _spread(columns: Values, steps: Counts, longest: int) -> Values:
    """Steps that stand side by side, line after line, as step by line by value."""
    spread = np.zeros((longest, len(steps), columns.shape[1]), np.float32)
    begin = 0
    for at, count in enumerate(steps):
        spread[:count, at] = columns[begin : begin + count]
        begin += count + 1
    return spread


def _turned(values: Values, steps: Counts) -> Values:
    """Each line's own steps from the last to the first."""
    turned = np.zeros_like(values)
    for at, count in enumerate(steps):
        turned[:count, at] = values[:count, at][::-1]
    return turned
