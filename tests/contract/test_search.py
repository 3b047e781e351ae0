"""Searching: the same cases on FTS5 and tsvector."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from storage.errors import NotFound
from storage.finding import SearchQuery
from storage.model import Record
from storage.records.database import Database
from tests.contract import facts

TEXTS = {
    "quyet-dinh": "ỦY BAN NHÂN DÂN\nQUYẾT ĐỊNH\nvề việc phê duyệt quy hoạch sử dụng đất xã Hoà Bình",
    "khong-dau": "uy ban nhan dan\nquyet dinh ve viec khac",
    "khai-sinh": "GIẤY KHAI SINH\nHọ và tên: Nguyễn Thị Thuý\nSố định danh cá nhân 087084000999",
    "so-do": "Giấy chứng nhận quyền sử dụng đất số CH 02345/2019",
}


@pytest.fixture
def found(database: Database) -> dict[str, Record]:
    """Four records, the oldest first."""
    batch = facts.batch()
    plain = {"title": "", "number": "", "subject": "", "issuer": ""}
    with database.transaction() as unit:
        unit.batches.add(batch)
        return {
            name: facts.put_record(unit, text, batch, code=f"K-{number}", **plain)
            for number, (name, text) in enumerate(TEXTS.items())
        }


def _codes(database: Database, words: str = "", **parts: object) -> list[str]:
    with database.read() as unit:
        page = unit.search.find(replace(SearchQuery(words), **parts))  # type: ignore[arg-type]
    assert page.total == len(page.hits)
    return [hit.record.code for hit in page.hits]


CASES = [
    ("quyết định", ["K-0", "K-1"]),
    ("QUYẾT ĐỊNH", ["K-0", "K-1"]),
    ("quyet dinh", ["K-1", "K-0"]),
    ("quye\u0302\u0301t đi\u0323nh", ["K-0", "K-1"]),
    ("quyết dinh", ["K-0", "K-1"]),
    ("quyet định", ["K-0", "K-1"]),
    ("đất", ["K-0", "K-3"]),
    ("dat", ["K-0", "K-3"]),
    ("xã hòa bình", ["K-0"]),
    ("xã hoà bình", ["K-0"]),
    ("nguyễn thị thúy", ["K-2"]),
    ("uỷ ban", ["K-0", "K-1"]),
    ("087084000999", ["K-2"]),
    ("08708400", []),
    ("02345/2019", ["K-3"]),
    ("02345", ["K-3"]),
    ("2019", ["K-3"]),
    ("2019/02345", []),
    ('"quyền sử dụng đất"', ["K-3"]),
    ('"sử dụng đất"', ["K-0", "K-3"]),
    ('"đất sử dụng"', []),
    ("“sử dụng đất” quy", ["K-0"]),
    ("đất ngữ nghĩa không có", []),
]
BOTH_SPELLINGS = {"K-0", "K-1"}


def test_words_are_found_with_and_without_diacritics(database: Database, found: dict[str, Record]) -> None:
    assert found
    for typed, expected in CASES:
        hits = _codes(database, typed)
        assert sorted(hits) == expected if set(expected) != BOTH_SPELLINGS else hits == expected, typed


ODD = [
    *('"', "'", '""', "*", "a*", "-x", "AND", "OR", "NOT", "NEAR(a b)", "exact : x", "{exact}", "^x", "(", ")", "a & b", "a | b"),
    *(
        "!a",
        "<->",
        "a:*",
        "\\",
        "%",
        "_",
        "';--",
        "\0",
        "\ue000",
        "\u2016",
        "🙂",
        "x" * 5000,
        '"a' * 200,
        "a " * 500,
        "\ud800",
        "/-/",
    ),
    "ﬁ ½ ² Ⅷ 漢字 ไทย ё",
]


def test_any_input_is_harmless(database: Database, found: dict[str, Record]) -> None:
    assert found
    for typed in ODD:
        assert _codes(database, typed) == [], typed


def test_blank_words_find_everything_newest_first(database: Database, found: dict[str, Record]) -> None:
    assert _codes(database, "  ") == ["K-3", "K-2", "K-1", "K-0"]
    with database.read() as unit:
        page = unit.search.find(SearchQuery(limit=2, offset=1))
    assert ([hit.record.code for hit in page.hits], page.total) == (["K-2", "K-1"], 4)
    assert page.hits[0].record == found["khai-sinh"]
    assert "Họ và tên" in page.hits[0].snippet


def test_a_hit_in_the_heading_weighs_more(database: Database) -> None:
    batch = facts.batch()
    with database.transaction() as unit:
        unit.batches.add(batch)
        facts.put_record(unit, "có một dòng nói đến quy hoạch", batch, code="BODY", title="Đơn")
        facts.put_record(unit, "nội dung khác hẳn ở đây", batch, code="HEAD", title="Quy hoạch")
        facts.put_record(unit, "có một dòng nói đến quy hoạch", batch, code="BODY-2", title="Đơn")
    assert _codes(database, "quy hoạch")[0] == "HEAD"


def test_scores_fall_and_hits_are_marked(database: Database, found: dict[str, Record]) -> None:
    assert found
    with database.read() as unit:
        page = unit.search.find(SearchQuery("quyết định"))
        heading = unit.search.find(SearchQuery("K-2"))
    assert page.hits[0].score > page.hits[1].score
    assert "\ue000QUYẾT\ue001 \ue000ĐỊNH\ue001 về việc" in page.hits[0].snippet
    assert "\ue000quyet\ue001 \ue000dinh\ue001" in page.hits[1].snippet
    assert heading.hits[0].snippet.startswith("\ue000K-2\ue001"), "found in the heading, shown from the heading"


def test_facts_narrow(database: Database) -> None:
    batch = facts.batch()
    with database.transaction() as unit:
        unit.batches.add(batch)
        facts.put_record(unit, "đất", batch, code="A", owner="001", dossier="D-1", number="2095/TB-ĐHĐL", paper_type="notice")
        facts.put_record(
            unit,
            "đất",
            batch,
            code="B",
            owner="002",
            number="12095/QĐ-UBND",
            issuer="UBND tỉnh Lâm Đồng",
            issued_on=date(2024, 5, 18),
        )
        facts.put_record(unit, "đất", batch, code="C", number="", issuer="", issued_on=None)
    assert _codes(database, owner="001") == ["A"]
    assert _codes(database, "đất", owner="002") == ["B"]
    assert _codes(database, dossier="D-1") == ["A"]
    assert _codes(database, paper_type="notice") == ["A"]
    assert _codes(database, number="2095") == ["A"], "a part, but not of a number"
    assert _codes(database, number="2095/tb-dhdl") == ["A"]
    assert _codes(database, number="%") == []
    assert _codes(database, number="QĐ-UBND") == ["B"]
    assert _codes(database, issuer="da lat") == ["A"]
    assert _codes(database, issuer="tỉnh Lâm Đồng") == ["B"]
    assert _codes(database, issued_from=date(2024, 5, 18)) == ["B"]
    assert _codes(database, issued_to=date(2024, 5, 17)) == ["A"]
    assert _codes(database, issued_from=date(2024, 5, 17), issued_to=date(2024, 5, 18)) == ["B", "A"]


def test_the_number_is_found_whole_and_in_parts_by_words_too(database: Database) -> None:
    batch = facts.batch()
    with database.transaction() as unit:
        unit.batches.add(batch)
        facts.put_record(unit, "Số: 2095/TB-ĐHĐL", batch, code="A", number="")
    for typed in ("2095/TB-ĐHĐL", "2095/tb-dhdl", "2095", "TB-ĐHĐL", "đhđl", "dhdl", "2095 dhdl"):
        assert _codes(database, typed) == ["A"], typed
    assert _codes(database, "095/TB") == []


def test_indexing_again_replaces(database: Database, found: dict[str, Record]) -> None:
    with database.transaction() as unit:
        unit.search.put(found["so-do"], "hoàn toàn khác")
    assert _codes(database, "chứng nhận") == []
    assert _codes(database, "hoàn toàn khác") == ["K-3"]


def test_only_a_kept_record_can_be_indexed(database: Database, found: dict[str, Record]) -> None:
    with pytest.raises(NotFound), database.transaction() as unit:
        unit.search.put(replace(found["so-do"], code="unknown"), "x")


def test_a_very_long_paper_is_found_to_its_end(database: Database) -> None:
    batch = facts.batch()
    filler = " ".join(f"chữ{number} đệm" for number in range(60_000))
    with database.transaction() as unit:
        unit.batches.add(batch)
        facts.put_record(unit, f"{filler} câu cuối cùng của văn bản", batch, code="LONG")
    assert _codes(database, '"cuối cùng của văn bản"') == ["LONG"]
    assert _codes(database, '"cùng cuối của văn bản"') == []
    assert _codes(database, "chữ7 chữ30000") == ["LONG"]
