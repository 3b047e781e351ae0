"""The typeface: every Vietnamese letter, right widths, exact ToUnicode, the same bytes each time, nothing missing unnoticed."""

from __future__ import annotations

import io
import re
import unicodedata
from pathlib import Path

import pytest
from fontTools import subset
from fontTools.ttLib import TTFont

from signing.errors import GlyphMissing, MarkFontMissing
from signing.marks import typeface as module
from signing.marks.typeface import ALPHABET, installed, tidy, typeface

VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
LETTERS = "đĐ" + "".join(unicodedata.normalize("NFC", one + tone) for one in VOWELS + VOWELS.upper() for tone in TONES)


def test_every_vietnamese_letter_has_its_glyph() -> None:
    assert len(set(LETTERS)) == 146
    assert set(LETTERS) <= ALPHABET
    face = typeface()
    outlines = TTFont(io.BytesIO(face.program))["glyf"]
    for letter in LETTERS:
        assert face.glyphs[letter] > 0
        assert outlines[outlines.glyphOrder[face.glyphs[letter]]].numberOfContours != 0, letter
    assert len(set(face.glyphs.values())) == len(face.glyphs), "two characters share a glyph: its ToUnicode would be a guess"


def test_widths_are_those_of_the_original_in_thousandths() -> None:
    face = typeface()
    original = TTFont(installed())
    assert original["head"].unitsPerEm == 2048
    assert TTFont(io.BytesIO(face.program))["head"].unitsPerEm == 1000
    for letter in LETTERS + "0123456789/: +":
        true = original["hmtx"][original.getBestCmap()[ord(letter)]][0] * 1000 / 2048
        assert abs(face.widths[face.glyphs[letter]] - true) <= 0.5, letter
    assert face.width_pt("Ủy ban", 10) == pytest.approx(sum(face.widths[face.glyphs[one]] for one in "Ủy ban") / 100)


def test_the_map_back_to_unicode_is_exact() -> None:
    face = typeface()
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", face.to_unicode())
    back = {int(code, 16): bytes.fromhex(value.decode()).decode("utf-16-be") for code, value in pairs if code != b"0000"}
    assert {character: code for code, character in back.items()} == face.glyphs
    assert max(map(int, re.findall(rb"(\d+) beginbfchar", face.to_unicode()))) <= 100


def test_the_same_text_gives_the_same_bytes_and_costs_nothing_twice() -> None:
    first = typeface()
    assert typeface("", "Ủy ban nhân dân") is first
    module._subset.cache_clear()
    again = typeface()
    assert again is not first
    assert again == first
    assert re.fullmatch(r"[A-Z]{6}\+LiberationSerif", first.name)


def test_what_is_not_in_the_alphabet_is_added_or_refused_before_anything_is_signed() -> None:
    assert "ß" in typeface("", "Straße").glyphs
    assert typeface("", "Straße").name != typeface().name
    with pytest.raises(GlyphMissing, match="漢"):
        typeface("", "Nguyễn 漢")


def test_a_missing_typeface_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "PLACES", (str(tmp_path / "none.ttf"),))
    with pytest.raises(MarkFontMissing, match="fonts-liberation2"):
        typeface()
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    with pytest.raises(MarkFontMissing):
        typeface(str(tmp_path / "broken.ttf"))


def test_an_old_typeface_without_vietnamese_letters_is_refused(tmp_path: Path) -> None:
    """Debian's fonts-liberation 1.07 lacks 93 of them."""
    font = TTFont(installed())
    maker = subset.Subsetter(subset.Options(layout_features=[]))
    maker.populate(unicodes=[ord(one) for one in ALPHABET - set("ỹỸ")])
    maker.subset(font)
    font.save(tmp_path / "old.ttf")
    with pytest.raises(MarkFontMissing, match=r"old\.ttf"):
        typeface(str(tmp_path / "old.ttf"))


def test_text_is_composed_and_has_no_control_characters() -> None:
    assert tidy("U\u0309y\tban\u00a0 nhân\ndân\x00 ") == "Ủy ban nhân dân"
