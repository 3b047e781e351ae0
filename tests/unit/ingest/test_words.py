"""Names and sentences that people see."""

from __future__ import annotations

import string
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import errors
from ingest.coded import error_from
from ingest.errors import IngestError
from ingest.model import Note
from ingest.names import safe_name, suffix_of
from ingest.notes import SENTENCES, sentence


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("giấy khai sinh.pdf", "giấy khai sinh.pdf"),
        (unicodedata.normalize("NFD", "đơn đề nghị.pdf"), "đơn đề nghị.pdf"),
        ("/etc/passwd", "passwd"),
        ("C:\\Users\\hoa\\quét 1.tif", "quét 1.tif"),
        ("../../a.jpg", "a.jpg"),
        ("..", "file"),
        ("", "file"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("ảnh\u202efdp.exe", "ảnhfdp.exe"),
        ("a\u2028b  c.pdf", "a b c.pdf"),
        ("\ud800.pdf", "?.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_safe_name(name: str, shown: str) -> None:
    assert safe_name(name) == shown


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_safe_names_are_safe(name: str) -> None:
    shown = safe_name(name)
    assert 0 < len(shown) <= 200
    assert not set(shown) & set("/\\\n\r\t\0")
    assert unicodedata.is_normalized("NFC", shown)
    assert shown not in {".", ".."}


def test_suffix() -> None:
    assert [suffix_of(name) for name in ("a.PDF", "a", ".bashrc", "a.b.tif", "a." + "x" * 20)] == ["pdf", "", "", "tif", ""]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", SENTENCES)
def test_notes_say_the_same_in_both_languages(code: str) -> None:
    vi, en = SENTENCES[code]
    assert placeholders(vi) == placeholders(en)
    assert vi.endswith(".")
    assert en.endswith(".")
    assert unicodedata.is_normalized("NFC", vi)


def test_sentences_are_filled() -> None:
    note = Note("below_min_dpi", {"dpi": 150, "limit": 200})
    assert sentence(note, "en") == "The resolution of 150 dpi is below the legal minimum of 200 dpi. Scan again."
    assert sentence(note, "vi").startswith("Độ phân giải 150 dpi")
    assert sentence(Note("skewed"), "en") == "The page is skewed by ? degrees."
    assert sentence(Note("from_the_future"), "vi") == "from_the_future"


ALL = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, IngestError)]


@pytest.mark.parametrize("kind", ALL)
def test_errors_speak_both_languages(kind: type[IngestError]) -> None:
    assert placeholders(kind.vi) == placeholders(kind.en)
    assert kind.__doc__
    again = error_from(kind.code, {"page": 3})
    assert type(again) is kind
    assert again.params == {"page": 3}


def test_codes_are_unique() -> None:
    assert len({kind.code for kind in ALL}) == len(ALL)
