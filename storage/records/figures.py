"""Figures about the service: one aggregate for all units, and the dossiers behind each number. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Subquery, and_, case, exists, func, not_, or_, select, true

from storage.indicators import Activity, Count, DossierFact, Hands, Indicator, Part, Span
from storage.reach import Reach
from storage.records.dossier_tables import components, dossiers, reuses
from storage.records.register_tables import certifications
from storage.records.tables import batches, papers, records
from storage.records.within import within
from storage.records.work import Work

_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def _some(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(components.c.code).where(components.c.dossier == dossiers.c.code, condition))


_FACTS: dict[DossierFact, ColumnElement[bool]] = {
    DossierFact.RETURNS_DOCUMENT: dossiers.c.returns_document,
    DossierFact.RESULT_FILE: or_(dossiers.c.result_record != "", dossiers.c.result_link != ""),
    DossierFact.COMPONENT_FILES: _some(components.c.record != ""),
    DossierFact.REUSED: _some(components.c.reuse > 0),
    DossierFact.PERSONAL_STORE: or_(dossiers.c.result_link != "", _some(components.c.from_store)),
    DossierFact.POPULATION_DATA: dossiers.c.vneid.is_(True),
}


def _holds(facts: Sequence[DossierFact]) -> ColumnElement[bool]:
    return and_(true(), *(_FACTS[fact] for fact in facts))


def _in(span: Span) -> ColumnElement[bool]:
    return and_(dossiers.c.received_at >= span.first, dossiers.c.received_at < span.before)


def _seen(span: Span, reach: Reach) -> Subquery:
    """One row a dossier of the period, each fact as 0 or 1: the components are gone through once, whatever is counted."""
    link = dossiers.c.result_link != ""
    of_components = {
        DossierFact.COMPONENT_FILES: components.c.record != "",
        DossierFact.REUSED: components.c.reuse > 0,
        DossierFact.PERSONAL_STORE: or_(link, components.c.from_store),
    }
    facts = [func.max(case((of_components.get(fact, rule), 1), else_=0)).label(fact) for fact, rule in _FACTS.items()]
    joined = dossiers.outerjoin(components, components.c.dossier == dossiers.c.code)
    statement = select(dossiers.c.seq, dossiers.c.unit, dossiers.c.procedure, *facts).select_from(joined)
    return statement.where(_in(span), within(dossiers.c.unit, reach)).group_by(dossiers.c.seq).subquery()


class Figures:
    """Counting."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def counts(self, wanted: Sequence[Indicator], span: Span, reach: Reach = "") -> tuple[Count, ...]:
        """Every indicator of every unit within reach that received dossiers in the period, by unit; in the order of `wanted`."""
        counted = [one for one in wanted if one.kind != "offers"]
        seen = _seen(span, reach)
        columns: list[ColumnElement[int]] = []
        for one in counted:
            whole = and_(true(), *(seen.c[fact] == 1 for fact in one.denominator))
            part = and_(whole, *(seen.c[fact] == 1 for fact in one.numerator))
            if one.kind == "procedures":
                columns += [func.count(func.distinct(case((rule, seen.c.procedure)))) for rule in (part, whole)]
            else:
                columns += [func.sum(case((rule, 1), else_=0)) for rule in (part, whole)]
        statement = select(seen.c.unit, *columns).group_by(seen.c.unit)
        offering = self._offering(span, reach)
        found: list[Count] = []
        for row in self._work.connection.execute(statement.order_by(seen.c.unit)):
            numbers = {one.code: (int(row[2 * at + 1]), int(row[2 * at + 2])) for at, one in enumerate(counted)}
            for one in wanted:
                numerator, denominator = numbers.get(one.code, (int(row[0] in offering), 1))
                found.append(Count(row[0], one.code, numerator, denominator))
        return tuple(found)

    def behind(
        self, indicator: Indicator, part: Part, span: Span, reach: Reach = "", *, limit: int = 50, offset: int = 0
    ) -> tuple[int, tuple[str, ...]]:
        """How many dossiers stand behind a number, and the codes of some of them, the newest first."""
        rules = {
            Part.ALL: _holds(indicator.denominator) if indicator.kind != "offers" else true(),
            Part.COUNTED: and_(_holds(indicator.denominator), _holds(_plain(indicator))),
            Part.MISSING: and_(_holds(indicator.denominator), not_(_holds(_plain(indicator)))),
        }
        where = (_in(span), within(dossiers.c.unit, reach), rules[part])
        total = self._work.connection.execute(select(func.count()).select_from(dossiers).where(*where)).scalar_one()
        ordered = select(dossiers.c.code).where(*where).order_by(dossiers.c.received_at.desc(), dossiers.c.seq.desc())
        codes = self._work.connection.execute(ordered.limit(limit).offset(offset)).scalars()
        return int(total), tuple(codes)

    def late(self, span: Span, now: datetime, reach: Reach = "", *, limit: int = 50, offset: int = 0) -> tuple[str, ...]:
        """Codes of dossiers of the period that are or were late, the longest due first."""
        where = (_in(span), within(dossiers.c.unit, reach), _late(now))
        ordered = select(dossiers.c.code).where(*where).order_by(dossiers.c.due_at, dossiers.c.seq)
        return tuple(self._work.connection.execute(ordered.limit(limit).offset(offset)).scalars())

    def activity(self, span: Span, now: datetime, reach: Reach = "") -> tuple[Activity, ...]:
        """What each unit within reach did in the period, by unit."""
        late = _late(now)
        taken = select(
            dossiers.c.unit, func.count(), func.sum(case((late, 1), else_=0)),
            func.sum(case((and_(late, dossiers.c.late_reason != ""), 1), else_=0)),
        ).where(_in(span), within(dossiers.c.unit, reach)).group_by(dossiers.c.unit)  # fmt: skip
        made = select(records.c.unit, func.count(), func.sum(records.c.pages)).where(
            records.c.created_at >= span.first, records.c.created_at < span.before, within(records.c.unit, reach)
        )
        used = select(reuses.c.unit, func.count()).where(
            reuses.c.at >= span.first, reuses.c.at < span.before, reuses.c.withdrawn_at.is_(None), within(reuses.c.unit, reach)
        )
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for names, statement in (
            (("dossiers", "late", "late_with_reason"), taken),
            (("records", "pages"), made.group_by(records.c.unit)),
            (("reuses",), used.group_by(reuses.c.unit)),
        ):
            for row in self._work.connection.execute(statement):
                found[row[0]] |= {name: int(row[at] or 0) for at, name in enumerate(names, start=1)}
        return tuple(Activity(unit, **found[unit]) for unit in sorted(found))

    def hands(self, span: Span, reach: Reach = "") -> tuple[Hands, ...]:
        """What each person took in during the period, the busiest first."""
        statement = (
            select(batches.c.actor, papers.c.created_at, papers.c.pages)
            .join(batches, batches.c.id == papers.c.batch_id)
            .where(papers.c.created_at >= span.first, papers.c.created_at < span.before, within(batches.c.unit, reach))
        )
        days: dict[str, set[date]] = defaultdict(set)
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for actor, at, pages in self._work.connection.execute(statement):
            days[actor].add(at.astimezone(_VIETNAM).date())
            sums[actor][0] += 1
            sums[actor][1] += int(pages)
        people = [Hands(actor, count, pages, len(days[actor])) for actor, (count, pages) in sums.items()]
        return tuple(sorted(people, key=lambda one: (-one.pages, one.actor)))

    def _offering(self, span: Span, reach: Reach) -> frozenset[str]:
        """Units that issued a certified electronic copy in the period."""
        statement = select(certifications.c.unit).where(
            certifications.c.issued_at >= span.first,
            certifications.c.issued_at < span.before,
            within(certifications.c.unit, reach),
        )
        return frozenset(self._work.connection.execute(statement.distinct()).scalars())


def _plain(indicator: Indicator) -> tuple[DossierFact, ...]:
    """The facts of the numerator that are facts of a dossier."""
    return tuple(fact for fact in indicator.numerator if fact in _FACTS)


def _late(now: datetime) -> ColumnElement[bool]:
    passed = or_(dossiers.c.resolved_at > dossiers.c.due_at, and_(dossiers.c.resolved_at.is_(None), dossiers.c.due_at < now))
    return and_(dossiers.c.due_at.is_not(None), dossiers.c.state.in_(("open", "resolved")), passed)
