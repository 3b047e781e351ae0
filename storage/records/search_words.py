"""The words that records have: what a beginning or a misspelt word may stand for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.records.search_tables import search_words
from storage.records.work import Work
from storage.search.near import MAX_LETTERS, edits

MAX_BEGINNINGS = 200
MAX_NEAR = 160


class Vocabulary:
    """Folded words of letters."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def learn(self, words: Iterable[str]) -> None:
        """Add the words that are not known yet. Always in the same order, so that two who do so never wait for each other."""
        offered = {word for word in words if word.isalpha() and len(word) <= MAX_LETTERS}
        fresh = sorted(offered - self.known(offered))
        if fresh:
            made = (postgresql.insert if self._work.postgres else sqlite.insert)(search_words)
            self._work.connection.execute(made.on_conflict_do_nothing(), [{"word": word} for word in fresh])

    def known(self, words: Iterable[str]) -> set[str]:
        """Those of `words` that some record has."""
        column, found = search_words.c.word, set[str]()
        asked = list(words)
        for start in range(0, len(asked), 5000):
            some = asked[start : start + 5000]
            found.update(self._work.connection.execute(select(column).where(column.in_(some))).scalars())
        return found

    def near(self, word: str) -> Sequence[str]:
        """Known words one slip away from `word`, those as long as it first."""
        found = self.known(edits(word))
        return sorted(found, key=lambda other: (len(other) != len(word), other))[:MAX_NEAR]

    def beginnings(self, start: str) -> Sequence[str]:
        """Known words that begin with `start`, the shortest first."""
        column = search_words.c.word
        after = start[:-1] + chr(ord(start[-1]) + 1)
        statement = select(column).where(column >= start, column < after).order_by(func.length(column), column)
        return list(self._work.connection.execute(statement.limit(MAX_BEGINNINGS)).scalars())
