"""The layers of a line network out of Tesseract's language data, in the form in which they are run here.

Weights are stored as bytes with a scale a row, the last column being the constant. Gates are kept as *input, forget, output,
cell*, the first three halved: sigma(x) = (tanh(x / 2) + 1) / 2, so that one call bends all four.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ocr.network.stream import Stream, UnknownModel

_BYTES, _DOUBLE = 1, 128
"""Flags of a table of weights."""
_OWN_RATES = 64
"""Flag of a group of layers that carries learning rates."""
_PLAIN = 3
"""Convolution and pooling look at 3 by 3."""
_GROUPS = {"Series", "RTLReversed", "XYTranspose"}

Weights = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Recurrence:
    """One LSTM layer; `weights` have a row for each input, each state and the constant, and four columns for each state."""

    weights: Weights
    backwards: bool = False

    @property
    def states(self) -> int:
        """How many values it gives a step."""
        return int(self.weights.shape[1]) // 4


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """A network for lines `height` pixels high that takes a step every three columns."""

    height: int
    convolution: Weights
    """A row for each feature: nine weights, column of pixels by column, and the constant."""
    down: Recurrence
    along: tuple[Recurrence, ...]
    output: Weights
    """A row for each state of the last recurrence and for the constant, a column for each output."""

    @property
    def outputs(self) -> int:
        """How many letters, signs and nothing."""
        return int(self.output.shape[1])


def layers_of(stream: Stream) -> Layers:
    """The layers that begin there. Raises UnknownModel where they are of another form."""
    match _layer(stream):
        case ["Series", [["Input", shape], ["Series", [["Convolve", (1, 1)], ["Tanh", convolution]]], *others]]:
            pass
        case _:
            raise UnknownModel
    match others:
        case [["Maxpool", (3, 3)], ["XYTranspose", [["SummLSTM", down]]], *recurrent, ["Softmax", output]]:
            along = tuple(_along(layer) for layer in recurrent)
        case _:
            raise UnknownModel
    _, height, _, depth, _ = shape
    if height % _PLAIN or depth != 1 or not along:
        raise UnknownModel
    layers = Layers(height, convolution, Recurrence(_gates(down)), along, np.ascontiguousarray(output.T))
    _check(layers)
    return layers


def _along(layer: list[Any]) -> Recurrence:
    match layer:
        case ["LSTM", gates]:
            return Recurrence(_gates(gates))
        case ["RTLReversed", [["LSTM", gates]]]:
            return Recurrence(_gates(gates), backwards=True)
    raise UnknownModel


def _check(layers: Layers) -> None:
    """Each layer takes what the one before it gives."""
    gives = layers.convolution.shape[0]
    for layer in (layers.down, *layers.along):
        if layer.weights.shape[0] != gives + layer.states + 1:
            raise UnknownModel
        gives = layer.states
    if layers.convolution.shape[1] != _PLAIN**2 + 1 or layers.output.shape[0] != gives + 1:
        raise UnknownModel


def _layer(stream: Stream) -> list[Any]:
    """A layer and what is in it: its kind, then layers, weights or measures."""
    stream.numbers("b")
    kind = stream.text()
    stream.numbers("2b")
    (flags, *_) = stream.numbers("4i")
    stream.text()
    if kind in _GROUPS:
        (count,) = stream.numbers("I")
        layers = [_layer(stream) for _ in range(count)]
        if flags & _OWN_RATES:
            (rates,) = stream.numbers("I")
            stream.numbers(f"{rates}f")
        return [kind, layers]
    match kind:
        case "Input":
            return [kind, stream.numbers("5i")]
        case "Convolve" | "Maxpool":
            return [kind, stream.numbers("2i")]
        case "Tanh" | "Softmax":
            return [kind, _weights(stream)]
        case "LSTM" | "SummLSTM":
            stream.numbers("i")
            return [kind, [_weights(stream) for _ in range(4)]]
    raise UnknownModel


def _weights(stream: Stream) -> Weights:
    """A row for each output, a column for each input and one for the constant."""
    (mode,) = stream.numbers("B")
    if mode & (_BYTES | _DOUBLE) != _BYTES | _DOUBLE:
        raise UnknownModel
    rows, columns, _ = stream.numbers("2Ib")
    table = stream.array("i1", rows, columns)
    (count,) = stream.numbers("I")
    scales = stream.array("<f8", count)[:rows]
    return np.asarray(table * scales[:, None], dtype=np.float32)


def _gates(tables: list[Weights]) -> Weights:
    """The four tables (cell, input, forget, output) side by side in the order used here."""
    cell, into, forget, out = tables
    return np.ascontiguousarray(np.concatenate([into / 2, forget / 2, out / 2, cell]).T)
