"""What is done for the sake of many records loses none of them: looks at the newest first, orders by day in parts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from storage.finding import Sort
from storage.records import search_find
from storage.records.database import Database
from storage.search import terms, tsvector
from tests.contract.test_search_officer import codes, kept, one, page

COUNT = 40


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the records were two thousand times as many."""
    for module in (terms, tsvector):
        monkeypatch.setattr(module, "BLOCK_BITS", (1, 2, 4))
    monkeypatch.setattr(tsvector, "FIRST_LOOK", 3)


@pytest.mark.usefixtures("small_blocks")
def test_the_newest_are_found_however_far_back_they_are(database: Database) -> None:
    shares = {"mọi": 1, "ba": 3, "mười": 10, "ngàn": 1000}
    texts = {
        f"K{number:02}": " ".join(word for word, share in shares.items() if (COUNT - 1 - number) % share == share // 2)
        for number in range(COUNT)
    }
    kept(database, texts | {"K00": f"{texts['K00']} xưa"})
    assert codes(database, "xua", limit=50) == ["K00"]
    assert codes(database, "ngàn", limit=50) == []
    for word, share in shares.items():
        newest_first = [code for code in reversed(texts) if word in texts[code].split()]
        assert codes(database, word, limit=50, sort=Sort.NEWEST) == newest_first, share
    with database.read() as uow:
        index = uow.search._index
        every = index.newest(uow.work.connection, terms_of("moi"), COUNT + 5)
        assert every == tuple(sorted(every, reverse=True))
        for word in ("moi", "ba", "muoi", "ngan", "xua"):
            whole = index.newest(uow.work.connection, terms_of(word), COUNT + 5, rare=True)
            for limit in (1, 2, 5, COUNT):
                assert index.newest(uow.work.connection, terms_of(word), limit) == whole[:limit], (word, limit)
        asked = ["moi", "xua", "ngan", "_moi_ba", "_ba_moi", "o=1"]
        assert index.present(uow.work.connection, asked) == {"moi", "xua"} | ({"_moi_ba"} if _beside(texts) else set())


def terms_of(word: str) -> tsvector.Word:
    return tsvector.Word(word)


def _beside(texts: dict[str, str]) -> bool:
    return any("mọi ba" in text for text in texts.values())


def test_many_words_are_asked_for_one_by_one_the_rarest_first(database: Database) -> None:
    frequent = "ủy ban nhân dân tỉnh cấp giấy phép"
    rare = ("lan", "mai", "cúc", "sen")
    texts = {f"{first}-{second}": f"{first} {frequent} {second}" for first in rare for second in rare}
    without = {"none": "lan ủy ban nhân dân tỉnh giấy phép mai", "far": f"mai {frequent} tỉnh lan"}
    kept(database, texts | without)
    with database.connection(writes=True) as connection:
        connection.exec_driver_sql("ANALYZE")
    assert codes(database, f"lan {frequent} mai", limit=50) == ["lan-mai", "mai-lan", "far"]
    assert codes(database, f"sen {frequent} xây", limit=50) == []
    with database.read() as uow:
        index = uow.search._index
        if isinstance(index, tsvector.Tsvector):
            parts = tuple(terms_of(word) for word in ("uy", "lan", "ban", "nhan", "dan", "cap", "mai"))
            asked = index._rarest_first(uow.work.connection, (tsvector.either(parts[:2]), *parts))
            assert [tsvector.written(one) for one in asked[:2]] == ["('lan')", "('mai')"]
            assert len(tsvector._conditions(asked)) == 8
            assert len(tsvector._conditions((tsvector.either(parts[:2]), *parts))) == 2, "the words are one condition"


def test_only_what_stands_apart_is_doubted(database: Database) -> None:
    kept(database, {"APART": "lan mai xanh cúc sen", "BEGIN": "can mai cúc sen", "GAP": "lan mai cúp sen"})
    found = page(database, "lan mai cúc sen")
    assert ([hit.record.code for hit in found.hits], found.nearly) == (["GAP", "APART"], True)
    assert found.instead == "lan mai cúp sen"


def test_by_day_page_after_page(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_find, "COUNTED", 8)
    first = date(2024, 11, 20)
    days = {f"K{number:02}": first + timedelta(days=number * 37 % 400) for number in range(20)}
    for code, day in days.items():
        one(database, code, "đất", issued_on=day)
    expected = sorted(days, key=lambda code: days[code], reverse=True)[:8]
    pages = [page(database, "đất", sort=Sort.ISSUED, limit=3, offset=offset) for offset in (0, 3, 6)]
    assert [hit.record.code for one_page in pages for hit in one_page.hits] == expected
    assert {(one_page.total, one_page.more) for one_page in pages} == {(8, True)}


def test_a_search_gathers_the_texts_it_looks_at_and_each_stands_in_one_page(database: Database) -> None:
    """Read in turn, from one page and another each, two hundred texts would be felt (PostgreSQL)."""
    kept(database, {f"K{number}": f"lan mai {number}" for number in range(4)})
    asked = list[str]()

    def keep(*given: Any) -> None:
        asked.append(f"{given[2]} {given[3]}")

    event.listen(database._engine, "before_cursor_execute", keep)
    page(database, "lan mai", facets=True)
    assert page(database, "lam mai").nearly, "these are looked at, too"
    event.remove(database._engine, "before_cursor_execute", keep)
    many = [place for place, one in enumerate(asked) if "search_docs.exact" in one or "GROUP BY" in one]
    assert len(many) >= 3
    with database.read() as uow:
        if uow.work.postgres:
            assert [place for place in many if "'off'" not in asked[place - 1] or "'on'" not in asked[place + 1]] == []
            kinds = (
                "SELECT DISTINCT attstorage::text FROM pg_attribute WHERE attrelid = 'search_docs'::regclass AND atttypid = 25"
            )
            assert uow.work.connection.exec_driver_sql(kinds).scalars().all() == ["m"], (
                "packed, and beside the words up to a page"
            )
