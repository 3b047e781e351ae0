"""What a person types, read as phrases. Any input is safe: only words come out, never an operator of a database.

Words, "phrases", beginnings (quyh*), -excluded, and field:value for those who know the fields (so:12/QĐ, coquan:"sở tư pháp").
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from storage.search.fold import clean, words

MAX_PHRASES = 20
MAX_WORDS = 64
MIN_BEGINNING = 2
"""Letters a beginning must have; a shorter one is a word."""

_PART = re.compile(r'(-?)([^\W\d]\w*:)?"([^"]*)"?|([^\s"]+)')
_KEYED = re.compile(r"([^\W\d]\w*):(.+)")
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))

KINDS = {
    "so": "n", "sokyhieu": "n", "number": "n",
    "chu": "o", "owner": "o",
    "loai": "t", "type": "t",
    "donvi": "u", "unit": "u",
    "coquan": "i", "issuer": "i",
    "hoso": "h", "dossier": "h",
    "nam": "y", "year": "y",
    "tieude": "^", "title": "^",
}  # fmt: skip
"""Names a person may put before a colon, folded and without separators → kind of term (`storage.search.terms`)."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that must follow each other; usually just one."""

    exact: tuple[str, ...]
    folded: tuple[str, ...]
    kind: str = ""
    """Where they must stand: empty for anywhere, else a kind of term."""
    begins: bool = False
    """The last word goes on."""
    others: tuple[str, ...] = ()
    """Folded words of which one must stand there instead."""
    beside: tuple[str, ...] = ()
    """Terms of which the document has one; narrower than `others`, cheaper to look up."""

    @property
    def weight(self) -> int:
        """What finding it exactly counts: 2 with diacritics, which nobody types by chance, else 1."""
        return 1 if self.exact == self.folded else 2

    @property
    def in_text(self) -> bool:
        """Is found in the text, so that it can be marked there."""
        return self.kind in {"", "^"}


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, understood."""

    wanted: tuple[Phrase, ...] = ()
    unwanted: tuple[Phrase, ...] = ()


def read(typed: str, fields: AbstractSet[str] = frozenset()) -> Typed:
    """Every wanted phrase must be found and no unwanted one; what has no letter or digit is dropped.

    `fields` are the names of paper fields that may stand before a colon, beside `KINDS`.
    """
    wanted: list[Phrase] = []
    unwanted: list[Phrase] = []
    left = MAX_WORDS
    for minus, key, quoted, plain in _PART.findall(clean(typed).translate(_QUOTES)):
        out = bool(minus) or plain.startswith("-")
        phrase = _phrase(key.rstrip(":"), quoted, plain.lstrip("-"), fields)
        if phrase is None or left <= 0 or len(wanted) + len(unwanted) >= MAX_PHRASES:
            continue
        cut = Phrase(phrase.exact[:left], phrase.folded[:left], phrase.kind, phrase.begins)
        left -= len(phrase.exact)
        if out:
            unwanted.append(cut)
        else:
            wanted.append(cut)
    return Typed(tuple(wanted), tuple(unwanted))


def phrases(typed: str) -> tuple[Phrase, ...]:
    """The wanted phrases that can be marked in a text, each once."""
    return tuple(dict.fromkeys(phrase for phrase in read(typed).wanted if phrase.in_text))


def _phrase(key: str, quoted: str, plain: str, fields: AbstractSet[str]) -> Phrase | None:
    text = quoted or plain
    kind = _kind(key, fields)
    if not key and plain and (found := _KEYED.fullmatch(plain)) and (kind := _kind(found[1], fields)):
        text = found[2]
    elif key and not kind:
        text = f"{key} {quoted}"
    exact, folded = words(text)
    if not exact:
        return None
    begins = not quoted and plain.endswith("*") and len(folded[-1]) >= MIN_BEGINNING
    return Phrase(exact, folded, kind, begins)


def _kind(key: str, fields: AbstractSet[str]) -> str:
    if not key:
        return ""
    if key in fields:
        return f"f:{key}"
    return KINDS.get("".join(words(key).folded), "")
