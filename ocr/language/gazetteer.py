"""Known names whose marks the engine misread: provinces, and the phrases that heads, titles and signature blocks are set in.

A name only decides between marks of letters that were read; it never adds, drops or changes a letter. Left alone: words the
engine was sure of, words where tone marks are only placed the other way (`HOÀ`), places without a word that says so, capitals
that may be a person's name. A file of the same form adds names, for instance communes: kind, name, further spellings,
separated by tabs; kinds `place` (counts after words like tỉnh, xã, phường, or before `, ngày`) and `phrase` (in capitals).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from ocr.errors import GazetteerUnreadable
from ocr.language.syllables import bare, toneless
from ocr.language.tokens import Token, cased, token
from ocr.model import Line, Word

SURE = 0.975
_PLACE, _PHRASE = "place", "phrase"
_LED_BY = frozenset({"tinh", "pho", "tp", "xa", "phuong", "khu"})
"""Letters of the words that a place follows: tỉnh, thành phố, TP., xã, phường, đặc khu."""
_FAMILY_LIST = (
    "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly doan trinh mai lam ta quach dinh ha cao luong chau to"
)
_FAMILY = frozenset(_FAMILY_LIST.split())
"""Letters of the family names a line of capitals may begin with: then it is a person."""


@dataclass(frozen=True, slots=True)
class _Name:
    kind: str
    keys: tuple[str, ...]


Gazetteer = dict[tuple[str, ...], _Name | None]
"""Names by their letters; None where two names have the same."""


@lru_cache(maxsize=4)
def gazetteer(path: str = "") -> Gazetteer:
    """The packaged names, and those of the file at `path`. Raises GazetteerUnreadable."""
    text = (files("ocr.language") / "data" / "gazetteer.tsv").read_text(encoding="utf-8")
    found = _names(text, "")
    if path:
        try:
            found |= _names(Path(path).read_text(encoding="utf-8-sig"), path)
        except (OSError, UnicodeDecodeError) as error:
            raise GazetteerUnreadable(path=path, line=0) from error
    return found


def _names(text: str, path: str) -> Gazetteer:
    found: Gazetteer = {}
    for number, row in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in row.split("\t")]
        if not row.strip() or row.startswith("#"):
            continue
        if len(cells) < 2 or cells[0] not in {_PLACE, _PHRASE} or not all(cells):
            raise GazetteerUnreadable(path=path, line=number)
        keys = tuple(cells[1].lower().split())
        letters = tuple(map(bare, keys))
        if len(keys) > 1:
            before = found.get(letters)
            found[letters] = None if before and not _alike(before.keys, keys) else _Name(cells[0], keys)
    return found


def named(lines: Sequence[Line], names: Gazetteer) -> tuple[Line, ...]:
    """`lines` with the marks of known names; a changed word keeps in `read` what the engine read."""
    longest = max(map(len, names), default=0)
    return tuple(_line(line, names, longest) for line in lines)


def _line(line: Line, names: Gazetteer, longest: int) -> Line:
    tokens = [token(word.text) for word in line.words]
    letters = [bare(here.key) for here in tokens]
    words, at = list(line.words), 0
    while at < len(words):
        for length in range(min(longest, len(words) - at), 1, -1):
            name = names.get(tuple(letters[at : at + length]))
            if name and _stands_here(name, tokens, at, letters):
                words[at : at + length] = map(_marked, words[at : at + length], tokens[at : at + length], name.keys)
                at += length - 1
                break
        at += 1
    return replace(line, words=tuple(words))


def _stands_here(name: _Name, tokens: Sequence[Token], at: int, letters: Sequence[str]) -> bool:
    run = tokens[at : at + len(name.keys)]
    if any(one.after for one in run[:-1]) or any(one.before for one in run[1:]):
        return False
    if name.kind == _PHRASE:
        return all(one.core.isupper() for one in run) and letters[0] not in _FAMILY
    led = at > 0 and letters[at - 1] in _LED_BY
    dated = run[-1].after.startswith(",") and letters[at + len(run) : at + len(run) + 1] == ["ngay"]
    return (led or dated) and all(one.core[:1].isupper() for one in run)


def _marked(word: Word, parts: Token, key: str) -> Word:
    if _alike((parts.key,), (key,)) or word.confidence >= SURE:
        return word
    return replace(word, text=parts.before + cased(key, parts.core) + parts.after, read=word.read or word.text)


def _alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """The same but for the place of the tone mark."""
    return [toneless(key) for key in one] == [toneless(key) for key in other]
