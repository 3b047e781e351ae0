"""Text of files made before Unicode: Vietnamese in the codes of TCVN3 (TCVN 5712:1993, fonts `.Vn…`) and VNI-Windows.

Such a text layer reads as gibberish (`Céng hoµ x· héi`, `Coäng hoøa xaõ hoäi`) although every letter is there. A code counts as
recognised when the converted text is Vietnamese and the text as it stands is not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from ocr.plausible import is_vietnamese

TCVN3 = str.maketrans(
    dict(
        zip(
            "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊËÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\u00adõö÷øùúûüýþ®¡¢£¤¥¦§",
            "àảãáạăằẳẵắặâầẩẫấậèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵđĂÂÊÔƠƯĐ",
            strict=True,
        )
    )
)
_MARKS = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_CIRCUMFLEX = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_BREVE = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}
_ALONE = {"í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "ô": "ơ", "ö": "ư", "ñ": "đ", "î": "ỵ"}


def _vni_table() -> dict[str, str]:
    """What one or two signs of VNI stand for, in both cases."""
    table = dict(_ALONE)
    for vowel in "aeouyôö":
        base = _ALONE.get(vowel, vowel)
        table |= {vowel + sign: base + mark for sign, mark in _MARKS.items()}
    for vowel in "aeo":
        table |= {vowel + sign: f"{vowel}\u0302{mark}" for sign, mark in _CIRCUMFLEX.items()}
    table |= {"a" + sign: f"a\u0306{mark}" for sign, mark in _BREVE.items()}
    whole = {signs: unicodedata.normalize("NFC", meant) for signs, meant in table.items()}
    return whole | {signs.upper(): meant.upper() for signs, meant in whole.items()}


_VNI = _vni_table()
_VNI_SIGNS = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))


def from_tcvn3(text: str) -> str:
    """A word in TCVN3 codes; one whose plain letters are all capitals comes out in capitals (fonts `.Vn…H` draw them so)."""
    made = text.translate(TCVN3)
    plain = [letter for letter in text if letter.isascii() and letter.isalpha()]
    return made.upper() if len(plain) > 1 and all(letter.isupper() for letter in plain) else made


def from_vni(text: str) -> str:
    """A word in the codes of VNI-Windows."""
    return _VNI_SIGNS.sub(lambda found: _VNI[found.group()], text)


CODES: dict[str, Callable[[str], str]] = {"TCVN3": from_tcvn3, "VNI": from_vni}


def converted(words: Sequence[str]) -> tuple[str, list[str]] | None:
    """The code that makes `words` of a page Vietnamese, with the words in Unicode; None when none does."""
    for code, convert in CODES.items():
        made = [unicodedata.normalize("NFC", convert(word)) for word in words]
        if made != list(words) and is_vietnamese(made):
            return code, made
    return None
