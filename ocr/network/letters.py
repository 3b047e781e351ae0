"""What the outputs along a line say: letters, where they stand, how sure they are, and the words they make.

Clear steps are taken as they are, repeated outputs once, those of no letter left out (CTC; Graves et al. 2006); between them
`ocr.network.doubt` says what may stand there. Of the readings of a word, one that the language knows outweighs a strange one as
Tesseract weighs them (`RecodeBeamSearch`), and sureness is on its scale: that of the least sure letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ocr.network.doubt import Reading, readings
from ocr.network.known import is_known
from ocr.network.language_data import LanguageData

_CLEAR, _CLEARLY_NOTHING, _BETWEEN = 0.95, 0.9, 0.97
_JOINS = 0.5
_UNCLEAR = -1
_SPACES = re.compile(" {2,}")
_STRANGE = 2.25
"""How much more a doubt weighs in a word that is not known."""
_ALWAYS = -0.085
"""Doubt that each step adds."""
_SCALE = 0.35
"""What a word loses for a unit of doubt."""
_FAR = 3.5
"""Readings so much less likely than the first are left out."""
_MOST_OPEN = 3
"""Doubtful parts of a word whose other readings are tried."""

Outputs = NDArray[np.float32]
Steps = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word on a line: `begin` and `end` in steps, half way into the spaces around it; `sure` between 0 and 1."""

    text: str
    begin: float
    end: float
    sure: float


@dataclass(frozen=True, slots=True)
class Said:
    """A reading of some steps as text, the logarithm of its probability, and how clear its least clear letter is."""

    text: str
    likely: float = 0.0
    clear: float = 0.0

    @property
    def doubt(self) -> float:
        """What it takes from the sureness of its word: its share of one letter, or what makes a letter unclear."""
        return min(self.likely / max(len(self.text), 1), self.clear)


_SPACE = Said(" ")


@dataclass(frozen=True, slots=True)
class _Part:
    """Steps `first` to `end` that are one clear letter, or stand for one of some readings; a space in them is at `space`."""

    first: int
    end: int
    readings: list[Said]
    space: float = 0.0

    @property
    def is_space(self) -> bool:
        """Whether it clearly parts words."""
        return self.readings[0] == _SPACE


@dataclass(slots=True)
class _Token:
    """A word that is being put together: how likely it is, its least likely letter, how many steps it took, where it ends."""

    text: str = ""
    least: float = 0.0
    likely: float = 0.0
    steps: int = 0
    end: float = 0.0


def mean_likelihood(outputs: Outputs, null: int) -> float:
    """The mean probability of the likeliest output over the steps where that is a letter; 0 without any."""
    best = outputs.argmax(axis=1)
    letters = best != null
    return float(outputs[letters, best[letters]].mean()) if letters.any() else 0.0


def words_on(outputs: Outputs, language: LanguageData) -> list[Spoken]:
    """The words of a line from left to right; `outputs` are probabilities, a row a step."""
    found = _parts(outputs, language)
    spoken: list[Spoken] = []
    begin, parts = 0.0, list[_Part]()
    for at, part in enumerate(found):
        if not part.is_space:
            parts.append(part)
            continue
        left = found[at - 1].end if at else 0
        right = found[at + 1].first if at + 1 < len(found) else len(outputs)
        middle = (left + part.first + part.end + right) / 4
        spoken += _words(parts, begin, middle, language)
        begin, parts = middle, []
    return spoken + _words(parts, begin, float(len(outputs)), language)


def _parts(outputs: Outputs, language: LanguageData) -> list[_Part]:
    null, blank = language.null, language.letters.index(" ")
    if not len(outputs):
        return []
    best = outputs.argmax(axis=1)
    clear = outputs[np.arange(len(best)), best] >= np.where(best == null, _CLEARLY_NOTHING, _CLEAR)
    kinds, begins, counts = _runs(_run_on(outputs, np.where(clear, best, _UNCLEAR), null))
    around = np.concatenate([[null], kinds, [null]])
    between = _is_between(outputs, null, begins, np.repeat(around[:-2], counts), np.repeat(around[2:], counts))
    told = kinds != null
    told &= (kinds != _UNCLEAR) | ~between | ((around[:-2] == around[2:]) & (around[2:] != null))
    parts: list[_Part] = []
    for at in np.flatnonzero(told).tolist():
        first, end, code = int(begins[at]), int(begins[at] + counts[at]), int(kinds[at])
        if code != _UNCLEAR:
            parts.append(_Part(first, end, [Said(language.letters[code])]))
            continue
        found = readings(outputs[first:end], null, int(around[at]), int(around[at + 2]))
        if len(found) > 1 or found[0].codes:
            space = first + int(outputs[first:end, blank].argmax()) + 0.5
            parts.append(_Part(first, end, _said(found, language), space))
    return parts


def _runs(kinds: Steps) -> tuple[Steps, Steps, Steps]:
    """Runs of equal kinds: which, where each begins, how many steps it has."""
    begins = np.flatnonzero(np.diff(kinds, prepend=_UNCLEAR - 1))
    return kinds[begins], begins, np.diff(begins, append=len(kinds))


def _run_on(outputs: Outputs, kinds: Steps, null: int) -> Steps:
    """Kinds of steps; unclear ones between the same clear letter that likely are that letter too join its two runs."""
    codes, begins, counts = _runs(kinds)
    inside = (codes[1:-1] == _UNCLEAR) & (codes[:-2] == codes[2:]) & (codes[2:] != null)
    for at in np.flatnonzero(inside) + 1:
        run = slice(begins[at], begins[at] + counts[at])
        if np.prod(outputs[run, codes[at + 1]]) >= _JOINS:
            kinds[run] = codes[at + 1]
    return kinds


def _said(found: Sequence[Reading], language: LanguageData) -> list[Said]:
    """Readings as text, the likeliest first; those that only repeat a space are one."""
    said: dict[str, Said] = {}
    for reading in found:
        text = _SPACES.sub(" ", "".join(language.letters[code] for code in reading.codes))
        had = said.get(text)
        likely = float(np.logaddexp(had.likely, reading.likely)) if had else reading.likely
        said[text] = Said(text, likely, max(had.clear, reading.clear) if had else reading.clear)
    best = sorted(said.values(), key=lambda one: -one.likely)
    return [one for one in best if one.likely > best[0].likely - _FAR]


def _is_between(outputs: Outputs, null: int, begins: Steps, before: Steps, after: Steps) -> NDArray[np.bool_]:
    """For each run of steps whether all of them are clearly something between what stands before it and what stands after it."""
    steps = np.arange(len(outputs))
    share = outputs[:, null].copy()
    for code, others in ((before, null), (after, before)):
        share += np.where((code != null) & (code != others) & (code != _UNCLEAR), outputs[steps, code], 0)
    return np.asarray(np.minimum.reduceat(share, begins) >= _BETWEEN)


def _words(parts: Sequence[_Part], begin: float, end: float, language: LanguageData) -> list[Spoken]:
    """What stands between two clear spaces: a word, or more where a space that is in doubt parts them."""
    if all(len(part.readings) == 1 for part in parts):
        return _weighed([part.readings[0] for part in parts], parts, begin, end, language)[1]
    best = max((_weighed(choice, parts, begin, end, language) for choice in _choices(parts)), key=lambda found: found[0])
    return best[1]


def _choices(parts: Sequence[_Part]) -> Iterator[tuple[Said, ...]]:
    """One reading of each part: all that the most doubtful parts have, the likeliest of the others."""
    doubtful = sorted((part.readings[0].likely, at) for at, part in enumerate(parts) if len(part.readings) > 1)
    open_ = {at for _, at in doubtful[:_MOST_OPEN]}
    return product(*(part.readings if at in open_ else part.readings[:1] for at, part in enumerate(parts)))


def _weighed(
    choice: Sequence[Said], parts: Sequence[_Part], begin: float, end: float, language: LanguageData
) -> tuple[float, list[Spoken]]:
    """How likely a choice is, what is not known counting for less, and its words."""
    spoken: list[Spoken] = []
    whole, first = 0.0, begin
    for token in _tokens(choice, parts, end):
        weight = 1 if is_known(token.text, language) else _STRANGE
        whole += (token.likely + _ALWAYS * token.steps) * weight
        if token.text:
            sure = 1 + _SCALE * (token.least + _ALWAYS) * weight
            spoken.append(Spoken(token.text, first, token.end, min(max(sure, 0.0), 1.0)))
        first = token.end
    return whole, spoken


def _tokens(choice: Sequence[Said], parts: Sequence[_Part], end: float) -> Iterator[_Token]:
    """What a choice says, parted at its spaces."""
    token = _Token()
    for at, (part, said) in enumerate(zip(parts, choice, strict=True)):
        token.likely += said.likely
        token.least = min(token.least, said.doubt)
        token.steps += part.end - part.first
        before, *others = said.text.split(" ")
        token.text += before
        for after in others:
            inside = 0 < at < len(parts) - 1 and said.text == _SPACE.text
            token.end = (parts[at - 1].end + parts[at + 1].first) / 2 if inside else part.space
            yield token
            token = _Token(after, said.doubt)
    token.end = end
    yield token
