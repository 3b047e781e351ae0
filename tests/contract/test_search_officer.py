"""The officer's search on both databases: known items, spellings, slips, narrowing, order, what changes later."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from storage.access_levels import AccessLevel
from storage.finding import Facet, SearchPage, SearchQuery, Sort, Validity
from storage.model import RecordState
from storage.records import search_find
from storage.records.database import Database
from tests.contract import facts

TODAY = date(2026, 11, 28)


def kept(database: Database, texts: dict[str, str], **facts_of_all: Any) -> None:
    """Records with these codes and texts, the oldest first."""
    batch = facts.batch()
    with database.transaction() as uow:
        uow.batches.add(batch)
        for code, text in texts.items():
            plain = {"title": "", "number": "", "subject": "", "issuer": "", "issued_on": None}
            facts.put_record(uow, text, batch, code=code, **(plain | facts_of_all))


def one(database: Database, code: str, text: str = "đất", fields: dict[str, str] | None = None, **changes: Any) -> None:
    """One record more."""
    batch = facts.batch()
    with database.transaction() as uow:
        uow.batches.add(batch)
        record = facts.put_record(uow, text, batch, code=code, **changes)
        if fields:
            uow.search.put(record, text, fields)


def page(database: Database, words: str = "", **parts: Any) -> SearchPage:
    with database.read() as uow:
        return uow.search.find(SearchQuery(words, today=TODAY, **parts))


def codes(database: Database, words: str = "", **parts: Any) -> list[str]:
    return [hit.record.code for hit in page(database, words, **parts).hits]


SPELLINGS = [
    ("UBND tỉnh Thanh Hóa", ["thanh hoá", "thanh hóa", "Thanh Hoa", "THANH HOÁ", "thanh ho\u0061\u0301"]),
    ("xã Ea Kao, tỉnh Đắk Lắk", ["đăk lăk", "dak lak", "Đắc Lắc", "daklak", "darlac"]),
    ("phòng kỹ thuật công ty Quý Mỹ", ["kĩ thuật", "ki thuat", "công ti", "Quí Mĩ", "quy my"]),
    ("tỉnh Kon Tum", ["kontum", "Kon Tum"]),
    ("Ủy ban nhân dân xã", ["ubnd", "uỷ ban", "UBND xã"]),
]


@pytest.mark.parametrize(("text", "typed"), SPELLINGS, ids=[text for text, _ in SPELLINGS])
def test_spellings_that_mean_the_same_find_each_other(database: Database, text: str, typed: list[str]) -> None:
    kept(database, {"IT": text, "OTHER": "một văn bản khác hẳn"})
    for words in typed:
        assert codes(database, words)[:1] == ["IT"], words


def test_exact_tones_come_first_then_without(database: Database) -> None:
    kept(database, {"A": "bán đất", "B": "bàn ghế", "C": "ban hành", "D": "bạn bè"})
    assert codes(database, "bàn")[0] == "B"
    assert codes(database, "bán")[0] == "A"
    assert sorted(codes(database, "ban")) == ["A", "B", "C", "D"]


SUBJECT = "Về việc giao đất cho hộ ông Nguyễn Văn Thắng xã Hòa Bình"


def test_a_slip_in_one_syllable_still_finds_and_says_so(database: Database) -> None:
    kept(database, {"IT": SUBJECT, "OTHER": "Quyết định bổ nhiệm bà Trần Thị Hạnh"})
    for typed in ("giao đất Nguyễn Văn Thănng", "nguyn van thang", "giao dta nguyen", "hô ông Nguyễn Vnă Thắng"):
        found = page(database, typed)
        assert [hit.record.code for hit in found.hits] == ["IT"], typed
        assert found.nearly
    found = page(database, "giao đất nguyn")
    assert found.instead == "giao đất nguyễn"
    assert "\ue000Nguyễn\ue001" in found.hits[0].snippet
    assert not page(database, "nguyen van thang").nearly
    assert not page(database, "quyt 12345").hits, "numbers are never guessed"


def test_nothing_found_says_which_words_are_unknown(database: Database) -> None:
    kept(database, {"IT": SUBJECT})
    found = page(database, "giao đất wxyzwxyz")
    assert (found.total, found.unknown) == (0, ("wxyzwxyz",))


def test_words_may_be_left_out_begun_and_put_to_a_field(database: Database) -> None:
    one(database, "A", "đất rừng", number="12/QĐ-UBND", issuer="Sở Tư pháp", title="Quyết định", owner="087084000999")
    one(database, "B", "đất ở", number="13/TB", issuer="Ủy ban nhân dân xã", title="Thông báo", fields={"full_name": "Lê Thị Út"})
    assert codes(database, "đất -rừng") == ["B"]
    assert codes(database, '-"đất rừng" đất') == ["B"]
    assert codes(database, "-đất") == [], "leaving out alone finds nothing"
    assert codes(database, "rừ*") == ["A"]
    assert codes(database, "so:12/QĐ") == ["A"]
    assert codes(database, 'coquan:"sở tư pháp"') == ["A"]
    assert codes(database, "issuer:ubnd") == ["B"]
    assert codes(database, "tieude:thông") == ["B"]
    assert codes(database, "chu:087084000999") == ["A"]
    assert codes(database, "087084000999") == ["A"], "the owner, though on no page"
    assert codes(database, "lê thị út") == ["B"], "a decided value, though on no page"
    assert codes(database, "full_name:ut", fields=frozenset({"full_name"})) == ["B"]
    assert codes(database, "full_name:đất", fields=frozenset({"full_name"})) == []


@pytest.mark.parametrize(
    "typed", ["2095/TB-ĐHĐL", "2095 TB ĐHĐL", "2095/tb-dhdl", "2095TBĐHĐL", "2095tb dhdl", "2095", "TB-ĐHĐL"]
)
def test_a_number_is_found_whatever_stands_between(database: Database, typed: str) -> None:
    one(database, "IT", number="2095/TB-ĐHĐL")
    one(database, "OTHER", number="12095/TB-ĐHCT")
    assert codes(database, number=typed) == ["IT"]


def test_phrases_are_whole_in_any_length(database: Database) -> None:
    kept(database, {"A": "quyền sử dụng đất ở", "B": "sử dụng đất, quyền sử dụng nhà, dụng đất ở"})
    assert codes(database, '"quyền sử dụng đất"') == ["A"]
    assert codes(database, '"sử dụng đất"') == ["B", "A"] or set(codes(database, '"sử dụng đất"')) == {"A", "B"}


DATED = {"A": date(2019, 12, 31), "B": date(2020, 1, 1), "C": date(2024, 2, 29), "D": date(2024, 3, 1), "E": None}


def test_days_narrow_exactly(database: Database) -> None:
    for code, day in DATED.items():
        one(database, code, issued_on=day)
    assert codes(database, issued_from=date(2020, 1, 1)) == ["D", "C", "B"]
    assert codes(database, issued_to=date(2024, 2, 29)) == ["C", "B", "A"]
    assert codes(database, issued_from=date(2024, 2, 29), issued_to=date(2024, 2, 29)) == ["C"]
    assert codes(database, issued_from=date(2024, 3, 2), issued_to=date(2024, 3, 1)) == []
    assert codes(database, year=2024) == ["D", "C"]
    assert codes(database, sort=Sort.ISSUED) == ["D", "C", "B", "A", "E"]


def test_validity_on_a_day(database: Database) -> None:
    one(database, "ENDLESS", issued_on=date(2020, 1, 1))
    one(database, "TERM", issued_on=date(2020, 1, 1), valid_until=date(2026, 11, 28))
    one(database, "OVER", issued_on=date(2020, 1, 1), valid_until=date(2026, 11, 27))
    one(database, "ANNULLED", state=RecordState.ANNULLED)
    one(database, "REPLACED", state=RecordState.REPLACED)
    asked = {validity: codes(database, validity=validity) for validity in Validity}
    assert asked == {
        Validity.VALID: ["TERM", "ENDLESS"],
        Validity.IN_FORCE: ["TERM"],
        Validity.NO_TERM: ["ENDLESS"],
        Validity.EXPIRED: ["OVER"],
        Validity.ANNULLED: ["ANNULLED"],
        Validity.REPLACED: ["REPLACED"],
        Validity.DISPOSED: [],
    }
    assert codes(database, validity=Validity.VALID, valid_on=date(2026, 11, 27)) == ["OVER", "TERM", "ENDLESS"]
    assert codes(database, validity=Validity.VALID, valid_on=date(2019, 12, 31)) == [], "not issued yet"


def test_what_happens_to_a_record_later_is_known_at_once(database: Database) -> None:
    one(database, "IT")
    with database.transaction() as uow:
        uow.records.set_state("IT", RecordState.ANNULLED)
        uow.records.set_access("IT", AccessLevel.RESTRICTED)
    assert codes(database, "đất", validity=Validity.VALID) == []
    assert codes(database, "đất", validity=Validity.ANNULLED) == ["IT"]
    assert codes(database, "đất", access=AccessLevel.INTERNAL) == []
    assert codes(database, "đất", access=AccessLevel.RESTRICTED) == ["IT"]


def counted(facets: tuple[Facet, ...], name: str) -> dict[str, int]:
    return next(({value.value: value.count for value in facet.values} for facet in facets if facet.name == name), {})


def test_facets_count_under_the_other_filters(database: Database) -> None:
    one(database, "A", "đất rừng", paper_type="decision", unit="H1", issuer="UBND xã Hòa Bình", issued_on=date(2024, 1, 1))
    one(database, "B", "đất", paper_type="decision", unit="H2", issuer="UBND xã Hoà Bình", issued_on=date(2025, 1, 1))
    one(database, "C", "đất", paper_type="notice", unit="H1", issuer="Sở Tư pháp", issued_on=date(2025, 1, 1))
    one(database, "X", "nhà", paper_type="notice", unit="H3")
    plain = page(database, "đất", facets=True)
    assert counted(plain.facets, "type") == {"decision": 2, "notice": 1}
    assert sorted(counted(plain.facets, "issuer_is").values()) == [1, 2], "spellings of one issuer are one"
    assert counted(plain.facets, "year") == {"2025": 2, "2024": 1}
    assert counted(plain.facets, "validity") == {"no_term": 3}
    narrowed = page(database, "đất", facets=True, paper_type="decision")
    assert counted(narrowed.facets, "type") == {"decision": 2, "notice": 1}, "its own filter is not counted"
    assert counted(narrowed.facets, "unit") == {"H1": 1, "H2": 1}
    assert codes(database, "đất", issuer_is="ubnd xa hoa binh") == ["B", "A"]


def test_more_than_is_counted_is_said(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_find, "COUNTED", 5)
    monkeypatch.setattr(search_find, "RANKED", 3)
    kept(database, {f"K{number}": "đất" for number in range(7)} | {"HEAD": "đất"})
    one(database, "NEW", "đất")
    found = page(database, "đất", facets=True, limit=50)
    assert (found.total, found.more, len(found.hits)) == (5, True, 5)
    assert [hit.record.code for hit in page(database, "đất", limit=2, offset=4).hits] == [found.hits[4].record.code]
    by_day = page(database, "đất", sort=Sort.ISSUED)
    assert by_day.hits[0].record.code == "NEW"


def test_saved_searches_know_what_is_new(database: Database) -> None:
    one(database, "A")
    with database.transaction() as uow:
        saved = uow.saved_searches.save("an", "đất", "q=dat", count=1, last_seen=uow.search.last())
    assert saved is not None
    one(database, "B")
    with database.read() as uow:
        assert uow.search.count_since(SearchQuery("dat"), saved.last_seen) == (2, 1)
        assert [one.name for one in uow.saved_searches.of("an")] == ["đất"]
        assert uow.saved_searches.of("binh") == ()
