"""Tesseract's language data (`*.traineddata`): the parts of the file, the network, the letters and the known words in it.

The format is that of Tesseract 4 and 5 (`src/ccutil/tessdatamanager`, `src/lstm`, `src/dict/dawg`, `src/ccutil/unicharcompress`),
little-endian. Only what reading lines needs is read, and only networks of the form of the small models that distributions
install: a convolution, a pooling, a recurrence down each column, recurrences along the line, a softmax.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ocr.network.layers import Layers, layers_of
from ocr.network.stream import Stream, UnknownModel

_LSTM, _PUNCTUATION, _WORDS, _NUMBERS, _LETTERS, _CODES = 17, 18, 19, 20, 21, 22
"""Places in the table of parts."""
_NOT_PRINTED = {"Joined", "|Broken|0|1"}
_SPACE = "NULL"
_DAWG, _FLAGS = 42, 3
_LAST, _BACKWARD, _WORD_END = 1, 2, 4

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class LanguageData:
    """What reads one language."""

    layers: Layers
    letters: tuple[str, ...]
    """What each output of the network stands for; `" "` for the space, empty for none (`null` among them)."""
    null: int
    """The output that stands for no letter."""
    words: frozenset[str]
    punctuation: frozenset[str]
    """Signs around a word, which is a space in them."""
    numbers: frozenset[str]
    """Forms of numbers, each digit a space in them."""


def language_data(path: Path) -> LanguageData:
    """The language data of a file. Raises UnknownModel where its network is of another form, OSError where it cannot be read."""
    try:
        parts = _parts(path.read_bytes())
        network = Stream(parts[_LSTM])
        layers = layers_of(network)
        null = _null(network)
        letters, printed = _letters(parts[_LETTERS], parts[_CODES], layers.outputs)
        known = [_words(parts.get(part, b""), printed) for part in (_WORDS, _PUNCTUATION, _NUMBERS)]
    except (KeyError, IndexError, ValueError, struct.error) as error:
        raise UnknownModel from error
    if letters[null].strip():
        raise UnknownModel
    return LanguageData(layers, letters, null, known[0], known[1], known[2])


def _parts(data: bytes) -> dict[int, bytes]:
    """The parts of the file by their place in its table; each ends where the next begins."""
    (count,) = struct.unpack_from("<i", data)
    begins = struct.unpack_from(f"<{count}q", data, 4)
    there = sorted((begin, part) for part, begin in enumerate(begins) if begin >= 0)
    ends = [*(begin for begin, _ in there[1:]), len(data)]
    return {part: data[begin:end] for (begin, part), end in zip(there, ends, strict=True)}


def _null(network: Stream) -> int:
    """The output for no letter; it stands behind the layers, after the network's own description and three counters."""
    network.text()
    network.numbers("3i")
    (null,) = network.numbers("i")
    return int(null)


def _letters(table: bytes, codes: bytes, outputs: int) -> tuple[tuple[str, ...], list[str]]:
    """What each output stands for, and the letters by their number in the table; only letters of one code each are known."""
    lines = table.decode("utf-8").splitlines()
    printed = [_printed(line) for line in lines[1 : int(lines[0]) + 1]]
    letters = [""] * outputs
    recoder = Stream(codes)
    for letter in printed[: recoder.numbers("I")[0]]:
        recoder.numbers("b")
        (length,) = recoder.numbers("i")
        if length != 1:
            raise UnknownModel
        (code,) = recoder.numbers("i")
        if letter:
            letters[code] = letter
    return tuple(letters), printed


def _printed(line: str) -> str:
    name = line.split(" ", 1)[0]
    if name == _SPACE:
        return " "
    return "" if name in _NOT_PRINTED else name


def _words(data: bytes, printed: list[str]) -> frozenset[str]:
    """The words of an acyclic graph of words: edges of 64 bits that hold a letter, three flags and the node they lead to."""
    if not data:
        return frozenset()
    magic, letters, count = struct.unpack_from("<hii", data)
    if magic != _DAWG:
        raise UnknownModel
    edges = np.frombuffer(data, "<u8", count, struct.calcsize("<hii"))
    shift = int(letters).bit_length()
    letter = (edges & ((1 << shift) - 1)).astype(np.int64)
    flags = ((edges >> shift) & ((1 << _FLAGS) - 1)).astype(np.int64)
    leads_to = (edges >> (shift + _FLAGS)).astype(np.int64)
    return frozenset(_walked(letter.tolist(), flags.tolist(), leads_to.tolist(), printed))


def _walked(letter: list[int], flags: list[int], leads_to: list[int], printed: list[str]) -> Iterator[str]:
    waiting = [(0, "")]
    while waiting:
        edge, begun = waiting.pop()
        while True:
            if not flags[edge] & _BACKWARD:
                word = begun + printed[letter[edge]]
                if flags[edge] & _WORD_END:
                    yield word
                if leads_to[edge]:
                    waiting.append((leads_to[edge], word))
            if flags[edge] & _LAST:
                break
            edge += 1
