"""The named list of questions, each drawn anew from a record that exists; and the known items whose place is looked at."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from string import ascii_lowercase

from scripts.search_bench.texts import Made, made
from storage.finding import SearchQuery, Sort, Validity
from storage.search.fold import clean, flat, new_tone_place

Draw = Callable[[Made, random.Random], SearchQuery]
TODAY = date(2026, 11, 28)
_OLD = {
    new: old for old, new in (("òa", "oà"), ("óa", "oá"), ("ọa", "oạ"), ("ùy", "uỳ"), ("úy", "uý"), ("ủy", "uỷ"), ("òe", "oè"))
}


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of question."""

    name: str
    draw: Draw


def bare(text: str) -> str:
    """Without diacritics, as typed by who does not set them."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def other_tone(text: str) -> str:
    """With the tone mark where the other school puts it."""
    lower = clean(text).lower()
    moved = new_tone_place(lower)
    if moved != lower:
        return moved
    for new, old in _OLD.items():
        moved = moved.replace(new, old)
    return moved


def one_slip(text: str, chance: random.Random) -> str:
    """With a slip in one syllable of at least four letters."""
    words = text.split()
    places = [place for place, word in enumerate(words) if len(word) > 3 and word.isalpha()] or [0]
    place = chance.choice(places)
    word = words[place]
    at = chance.randrange(1, len(word))
    letter = chance.choice(ascii_lowercase)
    words[place] = chance.choice(
        (word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :])
    )
    return " ".join(words)


def words_of(one: Made) -> str:
    """What a person remembers of a record: whose, where, what about."""
    return one.subject.removeprefix("Về việc ")


def _rare(one: Made) -> str:
    return f"{one.person} {one.subject.split('xã')[-1]}"


def _asked(words: str = "", **more: object) -> SearchQuery:
    return SearchQuery(words, facets=True, today=TODAY, limit=20, **more)  # type: ignore[arg-type]


SHAPES: tuple[Shape, ...] = (
    Shape("one word of every record, exact", lambda *_: _asked("hòa")),
    Shape("one word of every record, bare", lambda *_: _asked("hoa")),
    Shape("one frequent word, exact", lambda *_: _asked("định")),
    Shape("one frequent word, bare", lambda *_: _asked("dinh")),
    Shape("two frequent words, exact", lambda *_: _asked("quyết định")),
    Shape("two frequent words, bare", lambda *_: _asked("quyet dinh")),
    Shape("four frequent words", lambda *_: _asked("ủy ban nhân dân")),
    Shape("the motto, six words of every record", lambda *_: _asked("độc lập tự do hạnh phúc")),
    Shape("the motto as a phrase", lambda *_: _asked('"độc lập tự do hạnh phúc"')),
    Shape("a matter, bare", lambda one, _: _asked(bare(words_of(one).split(" cho ")[0]))),
    Shape("a person, exact", lambda one, _: _asked(one.person)),
    Shape("a person, bare", lambda one, _: _asked(bare(one.person))),
    Shape("a person as a phrase", lambda one, _: _asked(f'"{one.person}"')),
    Shape("a person and a place", lambda one, _: _asked(_rare(one))),
    Shape("a person and a place, bare", lambda one, _: _asked(bare(_rare(one)))),
    Shape("the subject, exact", lambda one, _: _asked(words_of(one))),
    Shape("the subject, bare", lambda one, _: _asked(bare(words_of(one)))),
    Shape("the subject, decomposed letters", lambda one, _: _asked(unicodedata.normalize("NFD", words_of(one)))),
    Shape("the subject, other tone placement", lambda one, _: _asked(other_tone(words_of(one)))),
    Shape("the subject, one slip", lambda one, chance: _asked(one_slip(words_of(one), chance))),
    Shape("a person, one slip", lambda one, chance: _asked(one_slip(_rare(one), chance))),
    Shape("a number among words", lambda one, _: _asked(one.paper_number)),
    Shape("a number in its field", lambda one, _: _asked(number=one.paper_number)),
    Shape("a number, spaces between", lambda one, _: _asked(number=one.paper_number.replace("/", " ").replace("-", " "))),
    Shape("a number, bare and together", lambda one, _: _asked(number=flat(one.paper_number).replace("/", "").replace("-", ""))),
    Shape("an owner's identifier among words", lambda one, _: _asked(one.owner)),
    Shape("an owner's identifier in its field", lambda one, _: _asked(owner=one.owner)),
    Shape("a dossier", lambda one, _: _asked(dossier=one.dossier)),
    Shape("a type with words", lambda one, _: _asked("đất", paper_type=one.kind)),
    Shape("a unit with words", lambda one, _: _asked("giấy chứng nhận", unit=one.unit)),
    Shape("an issuer with words", lambda one, _: _asked("quyền", issuer=one.issuer)),
    Shape("a year with words", lambda one, _: _asked("giấy phép", year=one.issued_on.year)),
    Shape(
        "days with words", lambda one, _: _asked("hộ", issued_from=one.issued_on, issued_to=one.issued_on + timedelta(days=40))
    ),
    Shape("in force with words", lambda *_: _asked("đăng ký", validity=Validity.VALID)),
    Shape("expired with words", lambda *_: _asked("đăng ký", validity=Validity.EXPIRED)),
    Shape("annulled, a person's", lambda one, _: _asked(bare(one.person.split()[-1]), validity=Validity.ANNULLED)),
    Shape("everything of a type, issued last first", lambda one, _: _asked(paper_type=one.kind, sort=Sort.ISSUED)),
    Shape("a word left out", lambda one, _: _asked(f"giấy phép -{one.person.split()[0]}")),
    Shape("a beginning", lambda one, _: _asked(f"{bare(one.person.split()[-1])[:2].lower()}* xây dựng")),
    Shape(
        "the tenth page of a frequent word", lambda *_: SearchQuery("nhân dân", limit=20, offset=180, facets=True, today=TODAY)
    ),
)

KNOWN: tuple[Shape, ...] = (
    Shape("exact", lambda one, _: _asked(words_of(one))),
    Shape("without diacritics", lambda one, _: _asked(bare(words_of(one)))),
    Shape("other tone placement", lambda one, _: _asked(other_tone(words_of(one)))),
    Shape("one slip", lambda one, chance: _asked(one_slip(words_of(one), chance))),
    Shape(
        "number and issuer",
        lambda one, _: _asked(f"{one.paper_number} {one.issuer}", issued_from=one.issued_on, issued_to=one.issued_on),
    ),
    Shape("owner", lambda one, _: _asked(one.owner)),
)


def drawn(shape: Shape, count: int, total: int, seed: int = 1) -> list[tuple[Made, SearchQuery]]:
    """So many questions of a shape, with the record each is drawn from; the same every time."""
    chance = random.Random(f"{shape.name}/{seed}")
    picked = [made(chance.randrange(1, total + 1)) for _ in range(count)]
    return [(one, shape.draw(one, chance)) for one in picked]
