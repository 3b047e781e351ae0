"""Finding records: the index says which have the words, the few best are looked at and put in order.

All that fit are counted up to `COUNTED`; the facets are counted among those, too. At most `RANKED` are looked at for their order:
when more fit, the index picks them by stages (heading exactly, heading, exactly, newest).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, func, select

from storage.finding import SearchHit, SearchPage, SearchQuery, Sort
from storage.records.among import among
from storage.records.audience import readable
from storage.records.beginning import beginning
from storage.records.records import record_of
from storage.records.search_facets import Narrowed, facets
from storage.records.search_heads import heads
from storage.records.search_nearly import Nearly
from storage.records.search_order import by_issue
from storage.records.search_tables import search_docs
from storage.records.search_words import Vocabulary
from storage.records.secrecy_tables import secrecy_holds
from storage.records.tables import records
from storage.records.work import Work
from storage.registers import today_in_vietnam
from storage.search.asking import exact_question, heading_question, phrase_question, whole
from storage.search.index import WordIndex
from storage.search.query import Phrase, Typed, read
from storage.search.question import Question, Word
from storage.search.rank import Rank, Ranking
from storage.search.snippet import snippet
from storage.search.terms import pair

COUNTED = 1_000
"""Counting ends here: what comes after is "more"."""
RANKED = 200
FEW, DOUBTED, MANY_WORDS = 3, 50, 4
"""A misspelt syllable is looked for when nothing is found; of so many words also when no more than `DOUBTED` are found and none
has them in a row. Of `FEW` or more found only what has them in a row is added."""
SHOWN_FROM = 60_000
"""Characters of a text a snippet is taken from."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Records in the order in which they are shown."""

    order: tuple[int, ...]
    scores: dict[int, float]
    nearly: bool = False
    instead: str = ""
    marked: tuple[Phrase, ...] = ()
    whole: bool = False
    """One of them has all words in a row."""
    fit: int = 0
    """How many there are, when fewer were put in order."""
    doubted: frozenset[int] | None = None
    """The places of the phrases that the best record has elsewhere than beside their neighbours; None when it is not known."""

    @property
    def count(self) -> int:
        """How many were found."""
        return max(self.fit, len(self.order))


class Finder:
    """Answers questions about records."""

    def __init__(self, work: Work, index: WordIndex, vocabulary: Vocabulary) -> None:
        self._work = work
        self._index = index
        self._vocabulary = vocabulary

    def find(self, query: SearchQuery) -> SearchPage:
        """Records that fit every part of `query`.

        With words: those that have all of them, diacritics or not; more words found exactly as typed come first, then those
        with the words in their heading and together, then the newest. Without words: the newest first.
        """
        typed = read(query.words, query.fields)
        narrowed = Narrowed.of(query, query.valid_on or query.today or today_in_vietnam(self._work.now()))
        if self._says_nothing(query, typed, narrowed):
            return SearchPage((), 0)
        docs = self._ask(narrowed.everything(), typed, COUNTED + 1)
        found = self._ordered(query, typed, narrowed, docs)
        if _little(found, typed):
            found = self._with_near(query, typed, narrowed, found)
        total = min(found.count, COUNTED)
        shown = found.order[query.offset : min(query.offset + query.limit, COUNTED)]
        return SearchPage(
            self._hits(shown, found, typed, query),
            total,
            more=len(docs) > COUNTED,
            facets=self._facets(typed, narrowed, found.order if found.nearly else docs) if query.facets else (),
            nearly=found.nearly,
            instead=found.instead,
            unknown=() if total else self._unknown(typed),
        )

    def count_since(self, query: SearchQuery, number: int) -> tuple[int, int]:
        """How many fit, up to `COUNTED`, and how many of them are newer than record `number`."""
        typed = read(query.words, query.fields)
        narrowed = Narrowed.of(query, query.valid_on or query.today or today_in_vietnam(self._work.now()))
        if self._says_nothing(query, typed, narrowed):
            return 0, 0
        docs = self._ask(narrowed.everything(), typed, COUNTED)
        return len(docs), sum(doc > number for doc in docs)

    @staticmethod
    def _says_nothing(query: SearchQuery, typed: Typed, narrowed: Narrowed) -> bool:
        """Something was typed, but nothing to look for; leaving out needs something to leave it out of."""
        filtered = narrowed.questions.keys() - {"audience"}
        return bool(query.words.strip()) and not typed.wanted and not (typed.unwanted and filtered)

    def _ask(self, filters: Sequence[Question], typed: Typed, limit: int, *also: Question, rare: bool = False) -> tuple[int, ...]:
        return self._index.newest(self._work.connection, self._question(filters, typed, *also), limit, rare=rare)

    def _question(self, filters: Sequence[Question], typed: Typed, *also: Question) -> Question:
        known = self._vocabulary.beginnings
        wanted = [phrase_question(phrase, known) for phrase in typed.wanted]
        return whole((*filters, *wanted, *also), [phrase_question(phrase, known) for phrase in typed.unwanted])

    def _ordered(self, query: SearchQuery, typed: Typed, narrowed: Narrowed, docs: tuple[int, ...]) -> _Found:
        text = tuple(phrase for phrase in typed.wanted if phrase.in_text)
        if query.sort is Sort.ISSUED:
            ask = self._index.newest
            question = self._question(narrowed.everything(), typed)
            wanted = query.offset + query.limit
            order = by_issue(
                self._work, lambda asked: ask(self._work.connection, asked, COUNTED + 1), question, docs, COUNTED, wanted
            )
            return _Found(order, {}, marked=text, fit=len(docs))
        if not text or (query.sort is Sort.NEWEST and len(docs) > RANKED):
            return _Found(docs, {}, marked=text)
        pool, sure = self._pool(typed, narrowed, docs)
        ranks = self._ranks(pool, text, sure)
        if query.sort is Sort.NEWEST:
            return _Found(tuple(doc for doc in docs if doc in ranks), {}, marked=text)
        best = sorted(ranks.values(), key=Rank.key, reverse=True)
        first = tuple(one.number for one in best)
        looked_at = set(pool)
        rest = tuple(doc for doc in docs if doc not in looked_at)
        scores, whole = {one.number: one.score for one in best}, any(one.whole for one in best)
        doubted = _beside_gaps(typed, best[0]) if best else None
        return _Found((*first, *rest)[: COUNTED + 1], scores, marked=text, whole=whole, doubted=doubted)

    def _pool(self, typed: Typed, narrowed: Narrowed, docs: tuple[int, ...]) -> tuple[tuple[int, ...], set[int]]:
        """The records whose order is worth finding out, and those known to have every word exactly."""
        plain = tuple(phrase for phrase in typed.wanted if phrase.kind == "" and not phrase.begins)
        if len(docs) <= RANKED or not plain:
            return docs[:RANKED], set()
        filters, pool, sure = narrowed.everything(), dict[int, None](), set[int]()
        with_marks = any(phrase.weight > 1 for phrase in plain)
        if len(plain) > 1:  # those that have the words in a row are found however old they are
            in_a_row = (Word(pair(one.folded[-1], two.folded[0])) for one, two in pairwise(plain))
            pool.update(dict.fromkeys(self._ask(filters, typed, RANKED // 2, *in_a_row, rare=len(docs) <= COUNTED)))
        unasked = replace(typed, wanted=tuple(phrase for phrase in typed.wanted if not _included(phrase)))
        stages = [(heading_question(phrase, exactly=with_marks) for phrase in plain)]
        if with_marks:
            stages += [
                (exact_question(phrase) for phrase in plain),
                (heading_question(phrase, exactly=False) for phrase in plain),
            ]
        for place, stage in enumerate(stages):
            hits = self._ask(filters, unasked, RANKED, *stage, rare=len(docs) <= COUNTED)
            pool.update(dict.fromkeys(hits))
            if with_marks and place < 2:
                sure.update(hits)
            if len(pool) >= RANKED:
                break
        pool.update(dict.fromkeys(docs[: max(0, RANKED - len(pool))]))
        return tuple(pool), sure

    def _ranks(self, pool: Sequence[int], text: Sequence[Phrase], sure: set[int]) -> dict[int, Rank]:
        """Ranks of those in the pool that have every phrase as it stands; without a phrase to check: of all."""
        rows = heads(self._work, pool, *self._in_a_row(text))
        ranking = Ranking(text)
        return {doc: ranking.rank(doc, exact, folded, sure=doc in sure) for doc, exact, folded in rows}

    def _in_a_row(self, text: Sequence[Phrase]) -> list[ColumnElement[bool]]:
        """The index knows two words in a row; longer phrases are checked on the text. A number may be written in any way."""
        place = func.strpos if self._work.postgres else func.instr
        long = [
            phrase
            for phrase in text
            if phrase.kind == ""
            and len(phrase.folded) > 1
            and not phrase.begins
            and not any(character.isdigit() for word in phrase.folded for character in word)
        ]
        return [place(search_docs.c.folded, f" {' '.join(phrase.folded)} ") > 0 for phrase in long]

    def _with_near(self, query: SearchQuery, typed: Typed, narrowed: Narrowed, found: _Found) -> _Found:
        nearly = Nearly(
            self._work, self._vocabulary, lambda other: self._ask(narrowed.everything(), other, RANKED, rare=True), self._present
        )
        near = nearly.find(query.words, typed, set(found.order), found.doubted, in_a_row=len(found.order) >= FEW)
        if not near.order:
            return found
        scores = found.scores | {one.number: one.score for one in near.order}
        whole = [one.number for one in near.order if one.whole]
        order = (*whole, *found.order, *(one.number for one in near.order if not one.whole))
        return _Found(order, scores, nearly=True, instead=near.instead, marked=(*found.marked, *near.marked), fit=found.fit)

    def _present(self, terms: Sequence[str]) -> frozenset[str]:
        return self._index.present(self._work.connection, terms)

    def _facets(self, typed: Typed, narrowed: Narrowed, docs: Sequence[int]) -> tuple[Any, ...]:
        return facets(self._work, narrowed, docs[:COUNTED], lambda filters: self._ask(filters, typed, COUNTED))

    def _hits(self, shown: Sequence[int], found: _Found, typed: Typed, query: SearchQuery) -> tuple[SearchHit, ...]:
        if not shown:
            return ()
        text = beginning(self._work, search_docs.c.body, SHOWN_FROM).label("text")
        joined = records.outerjoin(search_docs, search_docs.c.doc == records.c.seq)
        statement = select(records, search_docs.c.heading, text).select_from(joined)
        held = select(secrecy_holds.c.page).where(
            secrecy_holds.c.paper_id == records.c.paper_id, secrecy_holds.c.cleared_at.is_(None)
        )
        statement = statement.where(among(self._work, records.c.seq, shown), ~held.exists(), readable(query.audience))
        rows = {row.seq: row for row in self._work.connection.execute(statement).all()}
        marked = found.marked or tuple(phrase for phrase in typed.wanted if phrase.in_text)
        return tuple(_hit(rows[doc], found.scores.get(doc, 0.0), marked) for doc in shown if doc in rows)

    def _unknown(self, typed: Typed) -> tuple[str, ...]:
        """The words of letters that no record has, as typed."""
        single = [phrase for phrase in typed.wanted if phrase.in_text and all(word.isalpha() for word in phrase.folded)]
        asked = {folded: exact for phrase in single for folded, exact in zip(phrase.folded, phrase.exact, strict=True)}
        known = self._vocabulary.known(asked)
        return tuple(exact for folded, exact in asked.items() if folded not in known)


def _included(phrase: Phrase) -> bool:
    """Who has the words exactly or in the heading has the phrase."""
    return phrase.kind == "" and len(phrase.folded) == 1 and not phrase.begins and not phrase.others


def _beside_gaps(typed: Typed, best: Rank) -> frozenset[int]:
    """The places of the phrases in the text that `best` does not have beside both their neighbours."""
    places = [place for place, phrase in enumerate(typed.wanted) if phrase.in_text]
    return frozenset(places[gap + side] for gap in best.apart for side in (0, 1))


def _little(found: _Found, typed: Typed) -> bool:
    if not found.order:
        return bool(typed.wanted)
    return len(typed.wanted) >= MANY_WORDS and not found.whole and found.count <= DOUBTED


def _hit(row: Any, score: float, wanted: tuple[Phrase, ...]) -> SearchHit:
    in_body = snippet(row.text or "", wanted)
    shown = in_body if not wanted or "\ue000" in in_body else snippet(row.heading or "", wanted)
    return SearchHit(record_of(row), score, shown)
