"""The words that records have: what a beginning or a misspelt word may stand for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select, text

from storage.records.among import among, written
from storage.records.search_tables import search_words
from storage.records.work import Work
from storage.search.near import MAX_LETTERS, edits

MAX_BEGINNINGS = 200
MAX_NEAR = 160
_LEARN_POSTGRES = text("INSERT INTO search_words (word) SELECT unnest(CAST(:words AS text[])) ON CONFLICT DO NOTHING")
_LEARN_SQLITE = text("INSERT OR IGNORE INTO search_words (word) SELECT value FROM json_each(:words)")


class Vocabulary:
    """Folded words of letters."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def learn(self, words: Iterable[str]) -> None:
        """Add the words that are not known yet. Always in the same order, so that two who do so never wait for each other."""
        postgres = self._work.postgres
        offered = sorted({word for word in words if word.isalpha() and len(word) <= MAX_LETTERS})
        if offered:
            statement = _LEARN_POSTGRES if postgres else _LEARN_SQLITE
            self._work.connection.execute(statement, {"words": written(offered, postgres=postgres)})

    def known(self, words: Iterable[str]) -> set[str]:
        """Those of `words` that some record has."""
        column = search_words.c.word
        return set(self._work.connection.execute(select(column).where(among(self._work, column, list(words)))).scalars().all())

    def near(self, given: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """For each word the known ones that are one slip away, those as long as it first."""
        near = {word: edits(word) for word in given}
        known = self.known(frozenset[str]().union(*near.values()))
        return {
            word: tuple(sorted(others & known, key=lambda other: (len(other) != len(word), other))[:MAX_NEAR])
            for word, others in near.items()
        }

    def beginnings(self, start: str) -> Sequence[str]:
        """Known words that begin with `start`, the shortest first."""
        column = search_words.c.word
        after = start[:-1] + chr(ord(start[-1]) + 1)
        statement = select(column).where(column >= start, column < after).order_by(func.length(column), column)
        return list(self._work.connection.execute(statement.limit(MAX_BEGINNINGS)).scalars().all())
