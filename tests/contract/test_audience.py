"""Access levels hold in what the database finds, on both databases."""

from __future__ import annotations

from storage.access_levels import AccessLevel, Audience
from storage.finding import SearchQuery
from storage.records.database import Database
from tests.contract.facts import batch, new_id, put_paper, record_of

OFFICER = Audience(frozenset({AccessLevel.PUBLIC, AccessLevel.INTERNAL}), frozenset({AccessLevel.RESTRICTED}), "H56.12 H56.13")
CLERK = Audience(frozenset({AccessLevel.PUBLIC, AccessLevel.INTERNAL}), frozenset(), "H56.12")
NOBODY = Audience(frozenset(), frozenset(), "H56.12")
EVERYBODY = Audience(frozenset(AccessLevel), frozenset(), "")


def test_only_records_the_audience_may_read_are_found(database: Database) -> None:
    word, owner = f"w{new_id()[:12]}", new_id()[:12]
    with database.transaction() as uow:
        one = batch()
        uow.batches.add(one)
        for name, level, unit in (
            ("public", AccessLevel.PUBLIC, "H99"),
            ("internal", AccessLevel.INTERNAL, "H99"),
            ("own", AccessLevel.RESTRICTED, "H56.12"),
            ("merged", AccessLevel.RESTRICTED, "H56.13"),
            ("foreign", AccessLevel.RESTRICTED, "H99"),
        ):
            _, _, paper, _ = put_paper(uow, one)
            record = record_of(paper, f"{name}-{word}", access=level, unit=unit, owner=owner)
            uow.records.add(record)
            uow.search.put(record, f"giấy {word}")

    def found(audience: Audience | None) -> list[str]:
        with database.read() as uow:
            page = uow.search.find(SearchQuery(words=word, audience=audience))
            assert page.total == len(page.hits)
            of_owner = uow.records.of_owner(owner, audience=audience)
            newest = [record for record in uow.records.latest(500, audience=audience) if record.owner == owner]
        names = sorted(hit.record.code.partition("-")[0] for hit in page.hits)
        assert names == sorted(record.code.partition("-")[0] for record in of_owner)
        assert names == sorted(record.code.partition("-")[0] for record in newest)
        return names

    assert found(OFFICER) == ["internal", "merged", "own", "public"]
    assert found(CLERK) == ["internal", "public"]
    assert found(NOBODY) == []
    assert found(EVERYBODY) == found(None) == ["foreign", "internal", "merged", "own", "public"]
