"""By what a search may be narrowed, and how many records each way would leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Date, Text, bindparam, case, cast, extract, func, literal, select, union_all

from storage.access_levels import AccessLevel
from storage.finding import Facet, FacetValue, SearchQuery, Validity
from storage.model import RecordState
from storage.records.among import among_written, from_anywhere, written
from storage.records.tables import records
from storage.records.work import Work
from storage.search.asking import audience_question, range_question, validity_question, words_question
from storage.search.fold import keyed
from storage.search.question import Question, Word
from storage.search.terms import tag

SHOWN = 12
"""Values of a facet that are shown, the most frequent first."""
NAMES = ("type", "unit", "issuer_is", "year", "validity")

Ask = Callable[[Sequence[Question]], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The filters of a query as questions, by the name of the filter."""

    questions: dict[str, Question]
    chosen: dict[str, str]
    """Facet → its value in the query."""
    day: date
    """For which validity is said."""

    @classmethod
    def of(cls, query: SearchQuery, day: date) -> Narrowed:
        """The filters of `query`; validity is said for `day`."""
        made: dict[str, Question] = {}
        whole = (("owner", "o"), ("type", "t"), ("unit", "u"), ("issuer_is", "i"), ("dossier", "h"))
        for name, kind in whole:
            value = query.paper_type if name == "type" else getattr(query, name)
            if value:
                made[name] = Word(tag(kind, value))
        for name, kind in (("number", "n"), ("issuer", "i")):
            if getattr(query, name).strip():
                made[name] = words_question(kind, getattr(query, name))
        if query.issued_from or query.issued_to:
            made["issued"] = range_question("g", query.issued_from, query.issued_to)
        if query.year is not None:
            made["year"] = Word(f"g:y{query.year}")
        if query.access is not None:
            made["access"] = Word(tag("a", query.access))
        if query.validity is not None:
            made["validity"] = validity_question(query.validity, day, issued_by_then=query.valid_on is not None)
        if query.audience is not None and query.audience.everywhere != frozenset(AccessLevel):
            made["audience"] = audience_question(query.audience)
        chosen = {"type": query.paper_type, "unit": query.unit, "issuer_is": query.issuer_is}
        chosen |= {"year": str(query.year or ""), "validity": str(query.validity or "")}
        return cls(made, chosen, day)

    def everything(self) -> tuple[Question, ...]:
        """All filters."""
        return tuple(self.questions.values())

    def without(self, name: str) -> tuple[Question, ...]:
        """All filters but one."""
        return tuple(question for other, question in self.questions.items() if other != name)


def facets(work: Work, narrowed: Narrowed, docs: Sequence[int], ask: Ask) -> tuple[Facet, ...]:
    """Each facet counted among `docs`; one that narrows already, among what would be found without it."""
    open_ones = [name for name in NAMES if not narrowed.chosen[name]]
    counts = _counts(work, docs, narrowed.day, open_ones)
    made = []
    for name in NAMES:
        chosen = narrowed.chosen[name]
        found = _counts(work, ask(narrowed.without(name)), narrowed.day, [name])[name] if chosen else counts[name]
        values = [FacetValue(value, count, _same(name, value, chosen)) for value, count in found.most_common(SHOWN)]
        if name == "year":
            values.sort(key=lambda one: one.value, reverse=True)
        if values:
            made.append(Facet(name, tuple(values)))
    return tuple(made)


def _same(name: str, value: str, chosen: str) -> bool:
    if not chosen:
        return False
    return keyed(value) == keyed(chosen) or (name == "validity" and chosen == "valid" and value in {"in_force", "no_term"})


def _counts(work: Work, docs: Sequence[int], day: date, names: Sequence[str]) -> dict[str, Counter[str]]:
    """How often each value of the named facets stands among `docs`, counted by the database in one pass."""
    counted: dict[str, Counter[str]] = {name: Counter() for name in names}
    if docs and names:
        statement = _counting(tuple(names), postgres=work.postgres)
        with from_anywhere(work):
            rows = work.connection.execute(statement, {"docs": written(docs, postgres=work.postgres), "day": day}).all()
        for name, value, count in rows:
            if value:
                counted[name][value] = count
    if "issuer_is" in counted:
        counted["issuer_is"] = _one_spelling(counted["issuer_is"])
    return counted


@cache
def _counting(names: tuple[str, ...], *, postgres: bool) -> CompoundSelect[Any]:
    """The statement for the records `docs` on `day`; made once, which takes longer than running it."""
    columns = records.c
    validity = case(
        (columns.state != RecordState.IN_FORCE.value, columns.state),
        (columns.valid_until.is_(None), Validity.NO_TERM.value),
        (columns.valid_until < bindparam("day", type_=Date), Validity.EXPIRED.value),
        else_=Validity.IN_FORCE.value,
    )
    year = cast(extract("year", columns.issued_on), Text)
    facts = dict(zip(NAMES, (columns.paper_type, columns.unit, columns.issuer, year, validity), strict=True))
    given = among_written(columns.seq, bindparam("docs", type_=Text), postgres=postgres)
    some = select(*(facts[name].label(name) for name in names)).where(given).cte("some")
    ways = (select(literal(name), some.c[name], func.count()).group_by(some.c[name]) for name in names)
    return union_all(*ways)


def _one_spelling(found: Counter[str]) -> Counter[str]:
    """Issuers that differ in spelling only are one, under its most frequent spelling."""
    first: dict[str, str] = {}
    made: Counter[str] = Counter()
    for issuer, count in found.most_common():
        made[first.setdefault(keyed(issuer), issuer)] += count
    return made
