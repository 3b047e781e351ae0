"""All lines of a page read together: Tesseract's layout analysis and language data, its network run by `ocr.network`.

The library reads line after line; run over all lines at once the same network takes a third of the time. Language data of another
form (several languages, other networks) are read by the library itself.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ocr.engines import kept
from ocr.engines.kept import KeptEngine, data_folder
from ocr.engines.words import PAGE, RawWord
from ocr.errors import PageTimeout
from ocr.network.forward import STEP, Network, Values
from ocr.network.language_data import LanguageData, language_data
from ocr.network.letters import Outputs, mean_likelihood, words_on
from ocr.network.line_image import as_values, scaled
from ocr.network.stream import UnknownModel
from ocr.network.strip import Strip
from ocr.prepare.decode import Grey

_WHITE_ON_BLACK = 0.7
"""Lines whose letters are less likely than this are also read as white on black."""


@dataclass(frozen=True, eq=False)
class Reader:
    """What reads lines of one language."""

    network: Network
    language: LanguageData


class _Limit:
    """The end of the time for a page, counted from now."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._latest = time.monotonic() + seconds

    def check(self) -> None:
        """Raises PageTimeout when it is over."""
        if time.monotonic() > self._latest:
            raise PageTimeout(seconds=round(self._seconds))


class TogetherEngine:
    """Behind the port of `ocr.engines.words`; shares the engine kept in the process and holds 5 MB more."""

    def __init__(self) -> None:
        self._kept = KeptEngine()

    def name(self) -> str:
        """`tesseract` with the version of the library, and that lines are read together."""
        return f"{self._kept.name()} batched"

    def read(self, grey: Grey, dpi: float, language: str, seconds: float, segmentation: int = PAGE) -> tuple[RawWord, ...]:
        """The words of `grey` in the engine's order. Raises EngineMissing, EngineFailed, PageTimeout."""
        reader = reader_of(language)
        if reader is None:
            return self._kept.read(grey, dpi, language, seconds, segmentation)
        limit = _Limit(seconds)
        strips = self._kept.strips(grey, dpi, language, segmentation)
        lines = [scaled(strip.pixels(grey), reader.language.layers.height) for strip in strips]
        limit.check()
        outputs = _both_ways(reader, lines, limit)
        return tuple(
            word
            for strip, line, said in zip(strips, lines, outputs, strict=True)
            for word in _words(strip, line.shape[1], said, reader.language)
        )

    def upright_turn(self, grey: Grey, dpi: float, seconds: float) -> int | None:
        """The clockwise quarter turn that Tesseract's orientation detection proposes, or None when it sees too little text."""
        return self._kept.upright_turn(grey, dpi, seconds)


def warm(language: str) -> None:
    """Load the models of `language` before the first page, if they can be; for a process that others are forked from."""
    if kept.is_there():
        kept.warm(language)
        reader_of(language)


@cache
def reader_of(language: str) -> Reader | None:
    """The reader of a Tesseract language, loaded once; None where its data are missing or of another form."""
    try:
        data = language_data(Path(data_folder(), f"{language}.traineddata"))
    except (OSError, UnknownModel):
        return None
    return Reader(Network(data.layers), data)


def _both_ways(reader: Reader, lines: Sequence[Grey], limit: _Limit) -> list[Outputs]:
    """What is said along each line; where that is doubtful, black and white exchanged if that says more."""
    null = reader.language.null
    outputs = _said(reader.network, [as_values(line) for line in lines], limit)
    doubtful = [at for at, said in enumerate(outputs) if mean_likelihood(said, null) < _WHITE_ON_BLACK]
    others = _said(reader.network, [as_values(255 - lines[at]) for at in doubtful], limit)
    for at, said in zip(doubtful, others, strict=True):
        if mean_likelihood(said, null) > mean_likelihood(outputs[at], null):
            outputs[at] = said
    return outputs


def _said(network: Network, lines: Sequence[Values], limit: _Limit) -> list[Outputs]:
    outputs: dict[int, Outputs] = {}
    for found in network.run(lines):
        outputs |= found
        limit.check()
    return [outputs[at] for at in range(len(lines))]


def _words(strip: Strip, width: int, said: Outputs, language: LanguageData) -> Iterator[RawWord]:
    """The words of a piece that was `width` pixels wide when it was read."""
    spoken = words_on(said, language)
    parts = [(word.begin * STEP / width, word.end * STEP / width) for word in spoken]
    for word, box in zip(spoken, strip.boxes(parts), strict=True):
        text = unicodedata.normalize("NFC", "".join(word.text.split()))
        if text:
            yield RawWord(text, box, word.sure, strip.line)
