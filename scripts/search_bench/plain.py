"""PostgreSQL's plain set-up: what one gets with `unaccent` and a weighted tsvector, nothing of ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import psycopg

from storage.finding import SearchQuery, Sort, Validity

BEST = 20


class Plain:
    """Asks the table `plain`."""

    def __init__(self, url: str, patience_s: float) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._connection.execute(f"SET statement_timeout = {int(patience_s * 1000)}")

    def answer(self, query: SearchQuery) -> Sequence[int]:
        """The numbers of the best; none when it took too long."""
        where, values = _conditions(query)
        order = "ts_rank(found, question) DESC" if query.words and query.sort is Sort.RELEVANCE else "issued_on DESC"
        source = "plain, websearch_to_tsquery('plain', %(words)s) question" if query.words else "plain"
        statement = f"SELECT doc FROM {source} WHERE {' AND '.join(where)} ORDER BY {order} LIMIT {BEST} OFFSET %(offset)s"
        try:
            return [row[0] for row in self._connection.execute(statement, values)]  # type: ignore[arg-type]
        except psycopg.errors.QueryCanceled:
            return []

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _conditions(query: SearchQuery) -> tuple[list[str], dict[str, object]]:
    values: dict[str, object] = {"words": query.words, "offset": query.offset}
    where = ["found @@ question"] if query.words else []
    equal = (("owner", query.owner), ("kind", query.paper_type), ("unit", query.unit), ("paper_number", query.number))
    for name, value in (*equal, ("issuer", query.issuer)):
        if value:
            where.append(f"{name} = %({name})s")
            values[name] = value
    if query.dossier:
        where.append("found @@ phraseto_tsquery('plain', %(dossier)s)")
        values["dossier"] = query.dossier
    first, last = query.issued_from, query.issued_to
    if query.year:
        first, last = date(query.year, 1, 1), date(query.year, 12, 31)
    if first:
        where.append("issued_on >= %(first)s")
        values["first"] = first
    if last:
        where.append("issued_on <= %(last)s")
        values["last"] = last
    if query.validity:
        values["today"] = query.valid_on or query.today
        where.append(
            {
                Validity.VALID: "state = 'in_force' AND (valid_until IS NULL OR valid_until >= %(today)s)",
                Validity.EXPIRED: "state = 'in_force' AND valid_until < %(today)s",
            }.get(query.validity, f"state = '{query.validity}'")
        )
    return where or ["true"], values
