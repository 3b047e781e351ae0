"""Days as words, what is typed as phrases, slips of the finger, ranks: without a database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.search.asking import exact_question, heading_question, phrase_question, whole
from storage.search.fold import flat, words
from storage.search.near import edits, may_be_misspelt
from storage.search.periods import FIRST, LAST, Piece, cover, marks
from storage.search.query import Phrase, read
from storage.search.question import Every, Question, Without, Word
from storage.search.rank import Ranking, rows_of_words
from storage.search.spelling import names, syllables
from storage.search.terms import BLOCK_BITS, MAX_BYTES, Document, Facts, block_terms, terms
from storage.search.tsvector import newest_blocks, written

DAYS = st.dates(FIRST, LAST)


def within(piece: Piece, day: date) -> bool:
    return piece.mark in marks(day) and not any(within(one, day) for one in piece.but)


@given(DAYS, DAYS, DAYS)
def test_a_range_is_covered_exactly_once(first: date, last: date, day: date) -> None:
    covered = cover(first, last)
    assert sum(within(piece, day) for piece in covered) == (first <= day <= last)
    assert sum(piece.size for piece in covered) <= 2 * (16 + 6 + 5 + 5) + 4  # half of a month, of a year, of ten; a century


def test_open_ranges_and_their_ends() -> None:
    assert cover(None, None) == tuple(Piece(mark) for mark in ("c18", "c19", "c20", "c21"))
    assert cover(date(2024, 1, 1), date(2024, 12, 31)) == (Piece("y2024"),)
    assert cover(date(2024, 2, 1), date(2024, 2, 29)) == (Piece("m202402"),)
    assert cover(date(2024, 2, 2), date(2024, 2, 1)) == ()
    assert marks(None) == ("none",)
    assert marks(LAST + timedelta(days=400)) == marks(LAST)


def test_most_of_a_period_is_the_period_without_the_rest() -> None:
    assert cover(date(2024, 1, 1), date(2024, 12, 29)) == (Piece("y2024", (Piece("d20241230"), Piece("d20241231"))),)
    assert cover(date(2024, 12, 30), date(2024, 12, 31)) == (Piece("d20241230"), Piece("d20241231"))
    until = cover(None, date(2026, 11, 27))
    assert sum(piece.size for piece in until) < 15, until


@pytest.mark.parametrize(
    ("typed", "wanted", "unwanted"),
    [
        ("đất -rừng", ["đất"], ["rừng"]),
        ('đất -"rừng phòng hộ"', ["đất"], ["rừng phòng hộ"]),
        ("TB-ĐHĐL", ["tb đhđl"], []),
        ("- đất", ["đất"], []),
        ("số:12/QĐ", ["n:12 qđ"], []),
        ('coquan:"Sở Tư pháp"', ["i:sở tư pháp"], []),
        ("-loai:decision đất", ["đất"], ["t:decision"]),
        ("full_name:an khác:an", ["f:full_name:an", "khác an"], []),
        ("http://vnn.vn", ["http vnn vn"], []),
    ],
)
def test_what_is_typed(typed: str, wanted: list[str], unwanted: list[str]) -> None:
    def told(phrase: Phrase) -> str:
        return (f"{phrase.kind}:" if phrase.kind else "") + " ".join(phrase.exact)

    found = read(typed, frozenset({"full_name"}))
    assert [told(phrase) for phrase in found.wanted] == wanted
    assert [told(phrase) for phrase in found.unwanted] == unwanted


def test_a_beginning_needs_two_letters() -> None:
    assert [phrase.begins for phrase in read('ng* a* 209* "ng*"').wanted] == [True, False, True, False]


def test_one_slip() -> None:
    assert {"quyet", "quyt", "quyeet", "uqyet", "quyez"} & edits("quyet") == {"quyt", "quyeet", "uqyet", "quyez"}
    assert not may_be_misspelt("2095")
    assert not may_be_misspelt("an")


def test_spelling_data_keep_the_place_of_a_hit() -> None:
    assert all(len(known) == len(kept) for known, kept in syllables().items())
    assert len(flat("Kĩ thuật ĐẮC LẮC")) == len("Kĩ thuật ĐẮC LẮC")
    assert all(word == words(word).folded[0] for group in names() for name in group for word in name)


def test_terms_hold_nothing_a_database_could_trip_over() -> None:
    nasty = Facts("12'/\"QĐ\\", "o'wner\"", "ty pe", "u\\nit", "Sở «X» & | ! ()", "a:b*", "in_force", "internal", None, None)
    found = terms(Document(1, words("Tiêu đề' OR 1=1 --"), words('nội "dung" \\ *'), nasty))
    assert not [term for term in found if set(term) & set(" '\"\\*()&|!")]


def test_a_document_too_long_keeps_its_words_before_its_pairs() -> None:
    many = words(" ".join(f"w{number}" for number in range(60_000)))
    found = terms(Document(1, words("tiêu đề"), many))
    assert "@long" in found
    assert {"w0", "w59999", "^tieu"} <= set(found)
    assert sum(len(term.encode()) for term in found) <= MAX_BYTES


def test_ranks() -> None:
    def rank(heading: str, body: str, typed: str) -> tuple[int, float, int]:
        exact, folded = rows_of_words(words(heading), words(body))
        return Ranking(read(typed).wanted).rank(1, exact, folded).key()

    assert rank("", "bàn ghế", "bàn") > rank("bán ghế", "", "bàn"), "tones before heading"
    assert rank("giao đất", "", "giao dat") > rank("", "giao đất", "giao dat"), "heading before body"
    assert rank("", "giao đất", "giao dat") > rank("", "đất mới giao", "giao dat"), "together before apart"
    assert rank("", "giao dat", "giao dat") > rank("", "giao đất", "giao dat"), "as typed, all else equal"


@given(st.integers(1, 3_000_000), st.integers(1, 3_000_000))
def test_the_newest_blocks_hold_the_newest_and_what_is_before_them_ends_sharply(last: int, count: int) -> None:
    blocks = set(written(newest_blocks(last, count)).replace("'", "").strip("()").split(" | "))
    assert len(blocks) <= 40

    def within(document: int) -> bool:
        return bool(blocks & set(block_terms(document)))

    first = max(0, last - count + 1)
    start = min(
        document for document in range(first >> BLOCK_BITS[0] << BLOCK_BITS[0], -1, -1 << BLOCK_BITS[0]) if within(document)
    )
    assert start <= first
    assert all(within(document) for document in (start, first, (first + last) // 2, last))
    assert start == 0 or not within(start - 1)
    assert last - start < 2 * max(count, 2 << BLOCK_BITS[0])


def asked(typed: str, *also: Question) -> Question:
    found = read(typed)
    return whole(
        (*also, *(phrase_question(one, lambda _: ()) for one in found.wanted)),
        [phrase_question(one, lambda _: ()) for one in found.unwanted],
    )


def answers(question: Question, has: frozenset[str]) -> bool:
    """What an index would say."""
    match question:
        case Word(word, begins):
            return any(term.startswith(word) for term in has) if begins else word in has
        case Every(parts):
            return all(answers(part, has) for part in parts)
        case Without(wanted, unwanted):
            return answers(wanted, has) and not answers(unwanted, has)
        case _:
            return any(answers(part, has) for part in question.parts)


TEXTS = st.lists(st.sampled_from(["quyết", "quyet", "định", "dinh", "kĩ", "kỹ", "đất", "αβ", "t", "12"]), max_size=5).map(
    " ".join
)


@given(heading=TEXTS, body=TEXTS, typed=TEXTS, phrase=st.booleans(), in_heading=st.booleans())
@example(heading="", body="đất", typed="t", phrase=False, in_heading=False)
def test_left_out_is_only_what_other_terms_include(
    *, heading: str, body: str, typed: str, phrase: bool, in_heading: bool
) -> None:
    document = Document(1, words(heading), words(body), Facts(paper_type="αβ"))
    has = frozenset(terms(document))
    wanted = read(f'"{typed}"' if phrase else typed).wanted
    also = [exact_question(one) for one in wanted]
    also += [heading_question(one, exactly=True) for one in wanted] if in_heading else []
    every_part = Every((Word("t=αβ"), *also, *(phrase_question(one, lambda _: ()) for one in wanted)))
    lean = whole((Word("t=αβ"), *also, *(phrase_question(one, lambda _: ()) for one in wanted)), ())
    assert answers(lean, has) == answers(every_part, has)


def test_rare_terms_stand_for_the_frequent_words_in_them() -> None:
    assert written(asked('"quyết định"', Word("t=x"))) == ("(('t=x' & '_quyet_dinh') | ('@long' & 't=x' & ('quyet' & 'dinh')))")
    assert written(asked("định", Word("^định"))) == "'^định'"
    assert written(asked("quyết -định", Word("quyết"))) == "('quyết' & !'dinh')"


def test_a_word_typed_twice_counts_where_it_stands() -> None:
    found = words("cấp cho bà Trần Thị Thơm xã Hòa Bình xã Thủy")
    ranking = Ranking(read("tran thi thom xa hoa binh xa thuy").wanted)
    best = ranking.rank(1, *rows_of_words(words(""), found))
    assert best.whole
    assert ranking.rank(1, *rows_of_words(words(""), words("xã Thủy cho bà Trần Thị Thơm xã Hòa Bình"))).apart == (5,)
