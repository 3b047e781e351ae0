"""From what a person asks to a question to the index."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta

from storage.access_levels import Audience
from storage.reach import codes_in
from storage.search.fold import words
from storage.search.periods import NEVER, Piece, cover
from storage.search.query import Phrase
from storage.search.question import Either, Every, Question, Without, Word, either, every
from storage.search.terms import EVERYTHING, LONG, number_whole, pair, tag

Beginnings = Callable[[str], Sequence[str]]
"""Known words that begin so."""

NOTHING: Question = Word("@none")
"""Stands in no document."""
IN_FORCE = "in_force"
_RUNS = re.compile(r"\d+|\D+")


def phrase_question(phrase: Phrase, beginnings: Beginnings) -> Question:
    """The documents that have the phrase, folded."""
    kind, folded = phrase.kind, phrase.folded
    if kind == "":
        return _in_text(phrase, beginnings)
    if kind == "n":
        return number_question(folded)
    if kind in {"^", "i"}:
        mark = "^" if kind == "^" else "i:"
        return every(Word(f"{mark}{word}") for word in folded)
    if kind == "y":
        return every(Word(f"g:y{word}") for word in folded)
    if kind.startswith("f:"):
        pairs = (f"{kind}:{pair(one, two)}" for one, two in itertools.pairwise(folded))
        return every(Word(term) for term in (*(f"{kind}:{word}" for word in folded), *pairs))
    return Word(tag(kind, " ".join(folded)))


def exact_question(phrase: Phrase) -> Question:
    """The documents that have the words exactly as typed."""
    return every(Word(word) for word in phrase.exact)


def heading_question(phrase: Phrase, *, exactly: bool) -> Question:
    """The documents with the words in their heading."""
    return every(Word(f"^{word}") for word in (phrase.exact if exactly else phrase.folded))


def number_question(folded: Sequence[str]) -> Question:
    """A number or a part of one: whole words in a row, whatever stands between; or all of it without separators."""
    squeezed = Word(number_whole(folded))
    runs = [run for word in folded for run in _RUNS.findall(word)]
    ways = [_row("n:", folded), squeezed]
    if len(runs) > len(folded):  # 2095TB: a person left the separator out
        ways.append(_row("n:", runs))
    return either(ways)


def range_question(kind: str, first: date | None, last: date | None) -> Question:
    """The documents whose day of that kind (`g` issued, `e` end of validity) is known and within."""
    pieces = cover(first, last)
    return _of_pieces(kind, pieces) if pieces else NOTHING


def _of_pieces(kind: str, pieces: Iterable[Piece]) -> Question:
    """One of them."""
    days = ((Word(f"{kind}:{piece.mark}"), piece.but) for piece in pieces)
    return either(Without(word, _of_pieces(kind, but)) if but else word for word, but in days)


def validity_question(validity: str, day: date, *, issued_by_then: bool) -> Question:
    """The documents of which that may be said of `day`.

    `valid`: in force, whether a term is stated or not; `in_force`: within a stated term; `no_term`; `expired`; `annulled`;
    `replaced`. With `issued_by_then` what was issued after `day` was not in force on it.
    """
    if validity in {"annulled", "replaced"}:
        return Word(tag("s", validity))
    parts: list[Question] = [Word(tag("s", IN_FORCE))]
    running, endless = range_question("e", day, None), Word(f"e:{NEVER}")
    if validity == "expired":
        return every((*parts, range_question("e", None, day - timedelta(days=1))))
    parts.append({"valid": either((running, endless)), "in_force": running, "no_term": endless}.get(validity, NOTHING))
    if issued_by_then:
        parts.append(either((range_question("g", None, day), Word(f"g:{NEVER}"))))
    return every(parts)


def audience_question(audience: Audience) -> Question:
    """The documents that this audience may read: some levels everywhere, others only of units within reach."""
    ways: list[Question] = [Word(tag("a", level)) for level in sorted(audience.everywhere)]
    units = codes_in(audience.reach)
    for level in sorted(audience.within):
        within = (either(Word(tag("u", unit)) for unit in units),) if units else ()
        ways.append(every((Word(tag("a", level)), *within)))
    return either(ways) if ways else NOTHING


def words_question(kind: str, text: str) -> Question:
    """The documents that have every word of `text` in that fact; NOTHING if it has no word."""
    folded = words(text).folded
    if not folded:
        return NOTHING
    return number_question(folded) if kind == "n" else every(Word(f"{kind}:{word}") for word in folded)


def whole(wanted: Iterable[Question], unwanted: Sequence[Question]) -> Question:
    """All of `wanted` and none of `unwanted`."""
    forms = [_forms(part) for part in wanted]
    question = every(_leaner([form for form, _ in forms]) or (Word(EVERYTHING),))
    if any(form != of_long for form, of_long in forms):
        question = Either((question, every((Word(LONG), *(of_long for _, of_long in forms)))))
    return Without(question, either(unwanted)) if unwanted else question


def _forms(part: Question) -> tuple[Question, Question]:
    """What is asked of documents with all their pairs of words, and of longer ones, which are few."""
    match part:
        case Either((pairs, Every(words_and_long), *also)) if Word(LONG) in words_and_long:
            apart = Every(tuple(one for one in words_and_long if one != Word(LONG)))
            return either((pairs, *also)), either((apart, *also))
    return part, part


def _leaner(wanted: Sequence[Question]) -> list[Question]:
    """The same without frequent words that rarer terms include: two words in a row are two words, one in the heading is one."""
    parts = list(_flat(wanted))
    asked = [part.text for part in parts if isinstance(part, Word) and not part.begins]
    included = {word for text in asked if text.startswith("_") for word in text[1:].split("_")}
    included |= {text[1:] for text in asked if text.startswith("^")}
    included |= {word for text in (*included, *asked) for word in _folds(text) if word != text}
    return [part for part in parts if not isinstance(part, Word) or part.begins or part.text not in included]


def _folds(term: str) -> tuple[str, ...]:
    """What a word as it is spelled, in the heading or anywhere, is without diacritics; nothing for other terms."""
    mark, word = ("^", term[1:]) if term.startswith("^") else ("", term)
    return tuple(mark + folded for folded in words(word).folded) if word.isalnum() and not word.isascii() else ()


def _flat(parts: Iterable[Question]) -> Iterator[Question]:
    for part in parts:
        if isinstance(part, Every):
            yield from _flat(part.parts)
        else:
            yield part


def _in_text(phrase: Phrase, beginnings: Beginnings) -> Question:
    folded = phrase.folded
    if phrase.others:
        return either(Word(term) for term in phrase.beside or phrase.others)
    if phrase.begins:
        return every((*(Word(word) for word in folded[:-1]), _beginning(folded[-1], beginnings)))
    digits = any(character.isdigit() for word in folded for character in word)
    also = (Word(number_whole(folded)),) if digits else ()
    if len(folded) == 1:
        return either((Word(folded[0]), *also))
    every_word = tuple(Word(word) for word in folded)
    return Either((_pairs(folded), Every((*every_word, Word(LONG))), *also))


def _beginning(start: str, beginnings: Beginnings) -> Question:
    if start[0].isdigit():
        return Word(start, begins=True)
    return either((Word(start), *(Word(word) for word in beginnings(start))))


def _pairs(folded: Sequence[str]) -> Question:
    return every(Word(pair(one, two)) for one, two in itertools.pairwise(folded))


def _row(mark: str, folded: Sequence[str]) -> Question:
    pairs = (f"{mark}{pair(one, two)}" for one, two in itertools.pairwise(folded))
    return every(Word(term) for term in (*(f"{mark}{word}" for word in folded), *pairs))
