"""The pass over a page: each doubtful word is weighed against its variants by the engine's confidence and its neighbours.

A Viterbi search over the words in reading order. Never touched: words with digits or signs inside, words the engine is
sure of, abbreviations, probable names (capitalised, no phrase known to the counted text), and words whose best variant is
not better by a margin. Deterministic; confidences are never raised.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ocr.language.lexicon import Lexicon
from ocr.language.tokens import Token, cased, token
from ocr.language.variants import variants
from ocr.model import Line, Word

SURE = 0.975
"""The engine is hardly ever wrong above this."""
_MARGIN = 3.0
"""A variant must be so much likelier (natural logarithm) than what was read."""
_LEAST_ERROR = 0.006
_ACROSS_LINES = 0.5
"""How far a line's last word says anything about the next line's first one."""
_KNOWN_PHRASE = 20
"""A capitalised word is no name when the pair it forms was counted this often."""
_BOUND = 0.1
"""And when so large a share of its key stands in that pair: `uỷ ban`, but not `định và`."""
_SEEN = 2
"""Pairs counted with a neighbour that a variant must have."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A word in reading order; `choices` are keys with the cost of reading them so, the read one first."""

    token: Token
    starts_line: bool
    choices: tuple[tuple[str, float], ...]


def corrected(lines: Sequence[Line], counts: Lexicon) -> tuple[Line, ...]:
    """`lines` with doubtful words as their context says; a changed word keeps its box, and in `read` what the engine read."""
    words = [(at, word) for at, line in enumerate(lines) for word in line.words]
    tokens = [token(word.text) for _, word in words]
    starts = [at == 0 or words[at - 1][0] != words[at][0] for at in range(len(words))]
    doubted = [_is_doubted(here, word.confidence) for here, (_, word) in zip(tokens, words, strict=True)]
    places = [
        _Place(here, starts[at], _choices(tokens, doubted, at, words[at][1].confidence, counts)) for at, here in enumerate(tokens)
    ]
    chosen = _kept(places, _best_path(places, counts), counts)
    made: list[list[Word]] = [[] for _ in lines]
    for (line, word), place, key in zip(words, places, chosen, strict=True):
        made[line].append(word if key == place.token.key else _changed(word, place.token, key))
    return tuple(replace(line, words=tuple(new)) for line, new in zip(lines, made, strict=True))


def _changed(word: Word, parts: Token, key: str) -> Word:
    return replace(word, text=parts.before + cased(key, parts.core) + parts.after, read=word.text)


def _is_doubted(parts: Token, confidence: float) -> bool:
    return confidence < SURE and parts.is_letters and parts.core[1:].islower()


def _choices(
    tokens: Sequence[Token], doubted: Sequence[bool], at: int, confidence: float, counts: Lexicon
) -> tuple[tuple[str, float], ...]:
    """What was read, and the variants that were counted beside a neighbour (or beside what it may have been)."""
    here = tokens[at]
    if not doubted[at]:
        return ((here.key, 0.0),)
    behind: list[str] = []
    ahead: list[str] = []
    if at and _touch(tokens[at - 1], here):
        behind = _around(tokens[at - 1], doubted[at - 1] and not counts.pair(tokens[at - 1].key, here.key), counts)
    if at + 1 < len(tokens) and _lead_on(here, tokens[at + 1]):
        ahead = _around(tokens[at + 1], doubted[at + 1] and not counts.pair(here.key, tokens[at + 1].key), counts)
    error = min(max(1.0 - confidence, _LEAST_ERROR), 0.5)
    doubt = math.log(error)
    return (
        (here.key, math.log(1.0 - error)),
        *(
            (made, doubt + cost)
            for made, cost in variants(here.key, counts)
            if any(counts.pair(near, made) >= _SEEN for near in behind) or any(counts.pair(made, near) >= _SEEN for near in ahead)
        ),
    )


def _touch(first: Token, second: Token) -> bool:
    """No punctuation stands between them."""
    return not first.after and not second.before


def _lead_on(first: Token, second: Token) -> bool:
    """`second` says something about `first`: it follows at once and is no name."""
    return _touch(first, second) and second.core.islower()


def _around(near: Token, may_be_wrong: bool, counts: Lexicon) -> list[str]:
    """The keys a neighbour may have."""
    return [near.key, *(made for made, _ in variants(near.key, counts))] if may_be_wrong else [near.key]


def _best_path(places: Sequence[_Place], counts: Lexicon) -> list[str]:
    """The likeliest key for every place."""
    steps: list[dict[str, tuple[float, str]]] = []
    scores: dict[str, float] = {}
    for at, place in enumerate(places):
        step: dict[str, tuple[float, str]] = {}
        for key, cost in place.choices:
            if at:
                before = places[at - 1]
                score, came = max((scores[old] + _link(before, old, place, key, counts), old) for old in scores)
            else:
                score, came = counts.alone(key), ""
            step[key] = (score + cost, came)
        scores = {key: score for key, (score, _) in step.items()}
        steps.append(step)
    path: list[str] = []
    key = max(scores, key=lambda one: (scores[one], one)) if scores else ""
    for step in reversed(steps):
        path.append(key)
        key = step[key][1]
    return path[::-1]


def _link(before: _Place, first: str, place: _Place, second: str, counts: Lexicon) -> float:
    """Natural logarithm of how likely `second` follows `first`, through the punctuation between them."""
    if len(before.choices) == 1 and len(place.choices) == 1:
        return 0.0
    between = (before.token.after + place.token.before)[:1]
    score = (counts.after(first, between) if between else 0.0) + counts.after(between or first, second)
    if place.starts_line:
        free = counts.alone(second)
        return math.log(_ACROSS_LINES * math.exp(score) + (1 - _ACROSS_LINES) * math.exp(free))
    return score


def _kept(places: Sequence[_Place], path: list[str], counts: Lexicon) -> list[str]:
    """`path` with what was read wherever the change is not clearly better, or may be a name.

    Neighbours that changed together are first weighed together: each of them could be the other's only witness.
    """
    read = [place.token.key for place in places]
    for is_changed, group in groupby(range(len(path)), key=lambda at: path[at] != read[at]):
        run = list(group)
        if is_changed and _gain(places, path, run, counts) < _MARGIN * len(run):
            for at in run:
                path[at] = read[at]
    for at, key in enumerate(read):
        if path[at] != key and (_gain(places, path, [at], counts) < _MARGIN or not _is_phrase(places, path, at, counts)):
            path[at] = key
    return path


def _gain(places: Sequence[_Place], path: Sequence[str], run: Sequence[int], counts: Lexicon) -> float:
    """How much likelier `path` is than the same with the words of `run` as read."""
    other = list(path[max(run[0] - 1, 0) : run[-1] + 2])
    first = max(run[0] - 1, 0)
    for at in run:
        other[at - first] = places[at].token.key
    here = places[first : first + len(other)]
    return _worth(here, path[first : first + len(other)], counts) - _worth(here, other, counts)


def _worth(places: Sequence[_Place], keys: Sequence[str], counts: Lexicon) -> float:
    """What consecutive keys are worth, up to a constant."""
    score = counts.alone(keys[0])
    for at, (place, key) in enumerate(zip(places, keys, strict=True)):
        score += dict(place.choices)[key] + (_link(places[at - 1], keys[at - 1], place, key, counts) if at else 0.0)
    return score


def _is_phrase(places: Sequence[_Place], path: Sequence[str], at: int, counts: Lexicon) -> bool:
    """Whether the changed word was counted beside a neighbour; a capitalised one must be no name."""
    here, key = places[at].token, path[at]
    touches = at > 0 and _touch(places[at - 1].token, here)
    follows = at + 1 < len(places) and _lead_on(here, places[at + 1].token)
    ahead = counts.pair(key, path[at + 1]) if follows else 0
    if not here.core.islower():
        in_name = touches and not places[at].starts_line and places[at - 1].token.core[:1].isupper()
        return not in_name and ahead >= max(_KNOWN_PHRASE, _BOUND * counts.count(key))
    return max(ahead, counts.pair(path[at - 1], key) if touches else 0) >= _SEEN
