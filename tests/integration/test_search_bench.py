"""The measuring of search, small: it fills in what the product writes, every question is answered, known items are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.search_bench import load
from scripts.search_bench.load import fill_postgres, fill_sqlite, is_filled
from scripts.search_bench.plain import Plain
from scripts.search_bench.run import Amount, measure, ours, tell
from scripts.search_bench.shapes import KNOWN, SHAPES
from scripts.search_bench.texts import made, text_of_all, words_of_all
from storage.records.database import Database
from storage.search.fold import words
from storage.search.terms import terms
from tests.world.fresh import database_on
from tests.world.servers import postgres_url  # noqa: F401 - fixture

COUNT, FEW = 300, Amount(runs=1, known=5, before=1)


def test_generated_words_and_terms_are_those_of_the_product() -> None:
    for number in range(1, 60):
        one = made(number)
        assert words(text_of_all(one.body)) == words_of_all(one.body)
        assert set(terms(one.document())) == one.terms()


def test_every_question_is_answered_and_known_items_are_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill_sqlite(tmp_path / "s.db", COUNT)
    database = Database(f"sqlite:///{tmp_path}/s.db")
    figures = measure({"Sohoa": ours(database)}, COUNT, FEW)
    database.close()
    tell("SQLite", figures)
    assert len(figures["Sohoa"].runs) == len(SHAPES) == 40
    assert len(figures["Sohoa"].places) == len(KNOWN)
    assert figures["Sohoa"].mean_reciprocal_rank() >= 0.95
    assert "| **all** |" in capsys.readouterr().out


def test_the_plain_set_up_answers_beside_ours(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "CHUNK", 100)
    with database_on(str(request.getfixturevalue("postgres_url"))) as url:
        fill_postgres(url, 200)  # broken off, it goes on
        assert is_filled(url, 200)
        assert not is_filled(url, COUNT)
        fill_postgres(url, COUNT)
        assert is_filled(url, COUNT)
        database, plain = Database(url), Plain(url, 3)
        figures = measure({"Sohoa": ours(database), "plain": plain.answer}, COUNT, FEW, url)
        database.close()
        plain.close()
    assert min(figures["Sohoa"].cpu) > 0
    assert figures["Sohoa"].mean_reciprocal_rank() >= 0.95
    assert figures["plain"].mean_reciprocal_rank() > 0.5
