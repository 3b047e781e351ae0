"""When little is found: the records that have one syllable spelled a little differently."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from storage.records.search_heads import heads
from storage.records.search_words import Vocabulary
from storage.records.work import Work
from storage.search.fold import words
from storage.search.near import may_be_misspelt
from storage.search.query import Phrase, Typed
from storage.search.rank import Rank, Ranking
from storage.search.terms import pair

MAX_TRIED = 8
"""Words that are doubted when all of them are known: those that stand beside none of their neighbours first."""
MAX_SHOWN = 100

Ask = Callable[[Typed], tuple[int, ...]]
Present = Callable[[Sequence[str]], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Near:
    """What was found, best first; what was perhaps meant; the words to mark."""

    order: tuple[Rank, ...] = ()
    instead: str = ""
    marked: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class _Way:
    """The typed phrases, some of them open to other words."""

    typed: Typed
    asked: Typed
    """The same for the index, which may be asked more narrowly."""
    others: dict[int, tuple[str, ...]]
    """Place of the phrase → words that may stand there."""


class _Near(Enum):
    """How near to its neighbours the misspelt word is looked for: the narrow ways cost little and find the very record."""

    IN_A_ROW = auto()
    """All words as they were typed."""
    BESIDE = auto()
    """It beside one of its neighbours."""
    ANYWHERE = auto()


class Nearly:
    """Looks for what was misspelt."""

    def __init__(self, work: Work, vocabulary: Vocabulary, ask: Ask, present: Present) -> None:
        self._work = work
        self._vocabulary = vocabulary
        self._ask = ask
        self._present = present
        self._near: dict[str, tuple[str, ...]] = {}

    def find(self, typed_words: str, typed: Typed, already: set[int], doubted: frozenset[int] | None, *, in_a_row: bool) -> Near:
        """Records not `already` found that have the words with a slip in one of them (in each that no record has).

        `doubted`: the places where a known word may be a slip; None: all. `in_a_row`: only records that have all words in a row.
        """
        best: dict[int, tuple[Rank, dict[str, str]]] = {}
        tried = self._tried(typed, doubted)
        for near in _Near:
            for way in (way for places in tried if (way := self._way(typed, places, near)) is not None):
                docs = [doc for doc in self._ask(way.asked) if doc not in already]
                for one, meant in self._ranked(way, docs):
                    better = one.number not in best or one.key() > best[one.number][0].key()
                    if better and (one.whole or not in_a_row):
                        best[one.number] = one, meant
            if best or in_a_row or (already and near is _Near.BESIDE):
                break
        order = sorted(best.values(), key=lambda pair: pair[0].key(), reverse=True)[:MAX_SHOWN]
        if not order:
            return Near()
        meant = {spelled: spelled for _, found in order for spelled in found.values()}
        marked = tuple(Phrase((word,), words(word).folded) for word in meant)
        return Near(tuple(one for one, _ in order), _respelled(typed_words, order[0][1]), marked)

    def _tried(self, typed: Typed, doubted: frozenset[int] | None) -> list[list[int]]:
        """The places of the words that may be misspelt, together or one after the other."""
        single = [
            place
            for place, phrase in enumerate(typed.wanted)
            if phrase.kind == "" and len(phrase.folded) == 1 and not phrase.begins and may_be_misspelt(phrase.folded[0])
        ]
        word = {place: typed.wanted[place].folded[0] for place in single}
        known = self._vocabulary.known(word.values())
        strange = [place for place in single if word[place] not in known]
        if strange:
            tried = [strange]
        else:
            single = [place for place in single if doubted is None or place in doubted]
            beside = {place: _beside(typed.wanted, place, (word[place],)) for place in single}
            present = self._present(list(dict.fromkeys(term for terms in beside.values() for term in terms)))
            # beside none of its neighbours in any record is where a slip makes another word
            at_home = {place: sum(term in present for term in terms) for place, terms in beside.items()}
            tried = [[place] for place in sorted(single, key=lambda place: (at_home[place], -len(word[place])))[:MAX_TRIED]]
        self._near = self._vocabulary.near([word[place] for places in tried for place in places])
        return tried

    def _way(self, typed: Typed, places: Sequence[int], near: _Near) -> _Way | None:
        others = {place: self._near[typed.wanted[place].folded[0]] for place in places}
        if not all(others.values()):
            return None
        wanted = tuple(
            replace(
                phrase,
                others=others[place],
                beside=_beside(typed.wanted, place, others[place]) if near is not _Near.ANYWHERE else (),
            )
            if place in others
            else phrase
            for place, phrase in enumerate(typed.wanted)
        )
        rows = _rows(typed.wanted, places) if near is _Near.IN_A_ROW else ()
        return _Way(Typed(wanted, typed.unwanted), Typed((*wanted, *rows), typed.unwanted), others)

    def _ranked(self, way: _Way, docs: Sequence[int]) -> list[tuple[Rank, dict[str, str]]]:
        """Each record with the words it has: typed word → word as spelled there."""
        if not docs:
            return []
        made = []
        for doc, exact, folded in heads(self._work, docs):
            wanted, meant = list(way.typed.wanted), dict[str, str]()
            for place, others in way.others.items():
                word = _most_fitting(wanted, place, others, folded)
                meant[wanted[place].folded[0]] = _spelled(word, exact, folded)
                wanted[place] = Phrase((word,), (word,))
            text = [phrase for phrase in wanted if phrase.in_text]
            made.append((Ranking(text).rank(doc, exact, folded), meant))
        return made


def _rows(wanted: Sequence[Phrase], places: Sequence[int]) -> tuple[Phrase, ...]:
    """Each two words that were typed in a row, but for those at `places`."""
    known = [place for place in range(len(wanted) - 1) if not {place, place + 1} & set(places)]
    ends = [(wanted[place].folded[-1], wanted[place + 1].folded[0]) for place in known]
    return tuple(Phrase(two, two) for two in ends)


def _beside(wanted: Sequence[Phrase], place: int, others: Sequence[str]) -> tuple[str, ...]:
    """The terms for each word beside the neighbours it was typed beside."""
    before = wanted[place - 1].folded[-1:] if place else ()
    after = wanted[place + 1].folded[:1] if place + 1 < len(wanted) else ()
    return tuple(
        term for other in others for term in (*(pair(one, other) for one in before), *(pair(other, one) for one in after))
    )


def _most_fitting(wanted: Sequence[Phrase], place: int, others: Sequence[str], folded: str) -> str:
    """The word of `others` the text has, best beside the neighbours it was typed between."""
    before = wanted[place - 1].folded[-1:] if place else ()
    after = wanted[place + 1].folded[:1] if place + 1 < len(wanted) else ()

    def fit(other: str) -> int:
        beside = (f" {' '.join((*before, other))} " in folded) + (f" {' '.join((other, *after))} " in folded)
        return beside if f" {other} " in folded else -1

    return max(others, key=fit)


def _spelled(word: str, exact: str, folded: str) -> str:
    """The folded word as it is spelled in the text."""
    at = folded.find(f" {word} ")
    if at < 0:
        return word
    place = folded.count(" ", 0, at) + 1
    row = exact.split(" ", place + 1)
    return row[place] if place < len(row) and words(row[place]).folded == (word,) else word


def _respelled(typed_words: str, meant: dict[str, str]) -> str:
    """What was typed, with the words that were meant."""
    return " ".join(meant.get("".join(words(part).folded), part) for part in typed_words.split())
