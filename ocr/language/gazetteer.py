"""Known names whose marks the engine misread: provinces, communes, and phrases of heads, titles and signature blocks.

A name only decides between marks of letters that were read; it never adds, drops or changes a letter. Left alone: words the
engine was sure of, words where tone marks are only placed the other way (`HOÀ`), places without a word that says so, capitals
that may be a person's name, letters that several names of a place have, communes where the name goes on. A file of the same
form adds names: kind, name, further spellings, separated by tabs; kinds `place` (counts after words like tỉnh, xã, phường, or
before `, ngày`), `commune` (after xã, phường, khu, or before `, ngày`) and `phrase` (in capitals).
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
_PLACE, _COMMUNE, _PHRASE = "place", "commune", "phrase"
_PACKAGED = ("gazetteer.tsv", "communes.tsv")
_LED_BY = {
    _COMMUNE: frozenset({"xa", "phuong", "khu"}),
    _PLACE: frozenset({"tinh", "pho", "tp", "xa", "phuong", "khu"}),
}
"""Letters of the words that a name follows: xã, phường, đặc khu; tỉnh, thành phố, TP."""
_NEXT_UNIT = frozenset({"tinh", "thanh", "tp", "huyen", "quan", "thi"})
"""Letters of the words that begin the name of the unit above."""
_FAMILY_LIST = (
    "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly doan trinh mai lam ta quach dinh ha cao luong chau to"
)
_FAMILY = frozenset(_FAMILY_LIST.split())
"""Letters of the family names a line of capitals may begin with: then it is a person."""


@dataclass(frozen=True, slots=True)
class _Name:
    kind: str
    keys: tuple[str, ...]


Gazetteer = dict[tuple[str, ...], tuple[_Name, ...]]
"""Names by their letters, each once however its tone mark is placed."""


@lru_cache(maxsize=4)
def gazetteer(path: str = "") -> Gazetteer:
    """The packaged names, and those of the file at `path`. Raises GazetteerUnreadable."""
    packaged = files("ocr.language") / "data"
    found = _names("\n".join((packaged / name).read_text(encoding="utf-8") for name in _PACKAGED), "")
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
        if len(cells) < 2 or cells[0] not in {_PLACE, _COMMUNE, _PHRASE} or not all(cells):
            raise GazetteerUnreadable(path=path, line=number)
        keys = tuple(key for key in cells[1].lower().split() if not key.isdigit())
        letters = tuple(map(bare, keys))
        before = found.get(letters, ())
        if len(keys) > 1 and not any(one.kind == cells[0] and _alike(one.keys, keys) for one in before):
            found[letters] = (*before, _Name(cells[0], keys))
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
            known = names.get(tuple(letters[at : at + length]), ())
            standing = [name for name in known if _stands_here(name, tokens, at, letters)]
            if standing and all(_alike(name.keys, standing[0].keys) for name in standing):
                name = standing[0]
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
    end = at + len(run)
    before = at - 2 if at > 1 and tokens[at - 1].core.isdigit() else at - 1  # phường 1 Bảo Lộc
    led = at > 0 and letters[before] in _LED_BY[name.kind]
    dated = run[-1].after.startswith(",") and letters[end : end + 1] == ["ngay"]
    if name.kind == _COMMUNE and not run[-1].after and any(one.core[:1].isupper() for one in tokens[end : end + 1]):
        led = led and letters[end] in _NEXT_UNIT
    return (led or dated) and all(one.core[:1].isupper() for one in run)


def _marked(word: Word, parts: Token, key: str) -> Word:
    if _alike((parts.key,), (key,)) or word.confidence >= SURE:
        return word
    return replace(word, text=parts.before + cased(key, parts.core) + parts.after, read=word.read or word.text)


def _alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """The same but for the place of the tone mark."""
    return [toneless(key) for key in one] == [toneless(key) for key in other]
