"""Finds the Liberation fonts and knows which characters they can print."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from ocr.errors import PrintFontMissing
from ocr.typeset.model import Family

FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts", "/Library/Fonts")
_CUTS = {(False, False): "Regular", (True, False): "Bold", (False, True): "Italic", (True, True): "BoldItalic"}
_SPACES = {"\t": "    ", "\u00a0": "\u00a0", "\n": "\n", "\r": ""}
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Controls and format characters: one of them could turn the reading direction of a name round."""


@cache
def find_font(family: Family, *, bold: bool = False, italic: bool = False) -> Path:
    """The file of a Liberation font, from the usual font folders.

    Raises:
        PrintFontMissing: no folder has it.
    """
    name = f"Liberation{family.value}-{_CUTS[bold, italic]}.ttf"
    for folder in FOLDERS:
        root = Path(folder).expanduser()
        usual = root / "truetype" / "liberation2" / name
        if usual.is_file():
            return usual
        found = next(iter(sorted(root.rglob(name))), None) if root.is_dir() else None
        if found:
            return found
    raise PrintFontMissing(font=name)


@cache
def characters(family: Family) -> frozenset[int]:
    """The code points all cuts of a family have a glyph for."""
    cuts = []
    for bold, italic in _CUTS:
        with TTFont(find_font(family, bold=bold, italic=italic), lazy=True) as font:
            cuts.append(frozenset(font.getBestCmap() or {}))
    return frozenset.intersection(*cuts)


def printable(text: str, family: Family) -> str:
    """`text` in NFC, each character the fonts lack or that hides from the eye spelled out, such as `[U+202E]`.

    A glyph that is missing would break PDF/A (ISO 19005-2, 6.2.11.8), and a reader would not know what stood there.
    """
    known = characters(family)
    return "".join(_shown(character, known) for character in unicodedata.normalize("NFC", text))


def _shown(character: str, known: frozenset[int]) -> str:
    if character in _SPACES:
        return _SPACES[character]
    if unicodedata.category(character) in _HIDDEN or ord(character) not in known:
        return f"[U+{ord(character):04X}]"
    return character
