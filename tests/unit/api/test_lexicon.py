"""What people confirmed is counted; what nobody looked at is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.finding.lexicon import LexiconNotWritten, TextUnreadable, confirmed_lines, rebuild_lexicon, sure_runs
from ocr.language.lexicon import lexicon
from ocr.model import Box, Decision, DecisionKind, Line, PageText, TextSource, Word
from tests.world.door import Door, open_door, put_record

BOX = Box(0, 0, 9, 9)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("lexicon") / "data") as opened:
        yield opened


def test_doubtful_words_part_what_is_counted() -> None:
    words = (("nơi", 0.99), ("tiêp", 0.6), ("nhận", 0.98), ("hồ", 0.98), ("sơ", 1.0))
    line = Line(tuple(Word(text, BOX, confidence) for text, confidence in words), BOX)
    page = PageText(100, 100, 200, (line,), TextSource.OCR, "tesseract")
    assert list(sure_runs(page)) == ["nơi", "nhận hồ sơ"]


def test_only_what_a_person_decided_is_counted(door: Door) -> None:
    record = put_record(door.sohoa)
    machine = Decision("subject", "máy đọc", DecisionKind.AUTOMATIC, "auto:x", datetime.now(UTC))
    with door.sohoa.database.transaction() as uow:
        uow.fields.decide(record.paper_id, (machine,))
    assert "máy đọc" not in list(confirmed_lines(door.sohoa))
    person = Decision("subject", "người xác nhận", DecisionKind.CORRECTED, "an", datetime.now(UTC))
    with door.sohoa.database.transaction() as uow:
        uow.fields.decide(record.paper_id, (person,))
    assert "người xác nhận" in list(confirmed_lines(door.sohoa))


def test_further_text_is_counted_and_entered_in_the_ledger(door: Door, tmp_path: Path) -> None:
    text = tmp_path / "streets.txt"
    text.write_text("quầy bưởng\n" * 3, encoding="utf-8")
    rebuild_lexicon(door.sohoa, [text], tmp_path / "out", actor="an")
    assert lexicon(str(tmp_path / "out")).pair("quầy", "bưởng") == 3
    with door.sohoa.database.read() as uow:
        assert [entry.actor for entry in uow.ledger.entries(subject="lexicon")] == ["an"]


def test_what_cannot_be_read_or_written_says_so(door: Door, tmp_path: Path) -> None:
    (tmp_path / "scan.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(TextUnreadable):
        rebuild_lexicon(door.sohoa, [tmp_path / "scan.jpg"], tmp_path / "out", actor="an")
    with pytest.raises(LexiconNotWritten):
        rebuild_lexicon(door.sohoa, [], tmp_path / "scan.jpg" / "out", actor="an")
