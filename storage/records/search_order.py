"""The records issued last, first, without looking at all that fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import func, select

from storage.records.among import among
from storage.records.tables import records
from storage.records.work import Work
from storage.search.periods import FIRST, NEVER
from storage.search.question import Question, Word, every

Ask = Callable[[Question], tuple[int, ...]]


def by_issue(work: Work, ask: Ask, question: Question, docs: Sequence[int], counted: int, wanted: int) -> tuple[int, ...]:
    """At least `wanted` of the records that answer `question` (all, when they are fewer), issued last first, undated ones last.

    `docs` are the newest that answer; `ask` gives at most `counted` + 1. When more fit, they are asked for year by year and, in
    a year with too many, month by month, until there are enough.
    """
    if len(docs) <= counted:
        return _sorted(work, docs)
    found: list[int] = []
    newest, oldest = _ends(work)
    for year in range(newest.year, oldest.year - 1, -1):
        if len(found) >= wanted:
            break
        hits = ask(every((Word(f"g:y{year}"), question)))
        if len(hits) <= counted:
            found += _sorted(work, hits)
            continue
        for month in range(12, 0, -1):
            found += _sorted(work, ask(every((Word(f"g:m{year}{month:02}"), question))))
            if len(found) >= wanted:
                break
    if len(found) < wanted:
        found += ask(every((Word(f"g:{NEVER}"), question)))
    return tuple(found)


def _ends(work: Work) -> tuple[date, date]:
    row = work.connection.execute(select(func.max(records.c.issued_on), func.min(records.c.issued_on))).one()
    return row[0] or FIRST, max(row[1] or FIRST, FIRST)


def _sorted(work: Work, docs: Sequence[int]) -> tuple[int, ...]:
    rows = work.connection.execute(select(records.c.seq, records.c.issued_on).where(among(work, records.c.seq, docs))).all()
    known = {row.seq: row.issued_on or date.min for row in rows}
    return tuple(sorted((doc for doc in docs if doc in known), key=lambda doc: (known[doc], doc), reverse=True))
