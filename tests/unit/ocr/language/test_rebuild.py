from __future__ import annotations

from pathlib import Path

import pytest

from ocr.errors import LexiconUnreadable
from ocr.language.correct import corrected
from ocr.language.lexicon import PAIRS, SINGLE, lexicon
from ocr.language.rebuild import rebuild
from tests.unit.ocr.language.test_correct import lines_of, texts

OFTEN = ["phiếu tiếp nhận tại quầy bưởng"] * 40


def test_confirmed_text_weighs_in(tmp_path: Path) -> None:
    counted = rebuild(OFTEN, tmp_path)
    assert (counted.lines, counted.words, counted.tokens) == (40, 240, 6)
    counts = lexicon(str(tmp_path))
    assert counts.pair("quầy", "bưởng") == 40
    assert counts.pair("quy", "định") == lexicon().pair("quy", "định")
    assert texts(corrected(lines_of("tại quầy bương"), counts)) == ["tại quầy bưởng"]
    assert texts(corrected(lines_of("tại quầy bương"), lexicon())) == ["tại quầy bương"]


def test_what_stands_once_or_twice_is_not_kept(tmp_path: Path) -> None:
    rebuild(["ông Phượng Hoẵng"] * 2, tmp_path)
    assert lexicon(str(tmp_path)).pair("phượng", "hoẵng") == 0


def test_equal_text_gives_equal_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        rebuild(OFTEN, tmp_path / name)
    for table in (SINGLE, PAIRS):
        assert (tmp_path / "a" / table).read_bytes() == (tmp_path / "b" / table).read_bytes()


def test_a_missing_or_damaged_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(LexiconUnreadable):
        lexicon(str(tmp_path / "none"))
    rebuild(OFTEN, tmp_path)
    (tmp_path / PAIRS).write_bytes(b"no gzip")
    lexicon.cache_clear()
    with pytest.raises(LexiconUnreadable):
        lexicon(str(tmp_path))
