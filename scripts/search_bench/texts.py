"""Records as a province keeps them, made up: number N is the same record whenever it is asked for.

Sentences follow the packaged syllable statistics of legal text; names, places, numbers and issuers are put together from lists.
The words of each piece are found once, so that a million records take minutes.
"""

from __future__ import annotations

import gzip
import random
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import chain, pairwise

from storage.search.fold import Words, clean, words
from storage.search.spelling import names
from storage.search.terms import Document, Facts, of_heading, other_names, pair, tags_of
from storage.search.tsvector import vector

_LISTS = tomllib.loads((files("scripts.search_bench") / "words.toml").read_text(encoding="utf-8"))
SURNAMES, MIDDLES, GIVEN, PLACES = (_LISTS[name].split() for name in ("surnames", "middles", "given", "places"))
PROVINCES, MATTERS = (_LISTS[name].split("|") for name in ("provinces", "matters"))
KINDS = tuple(tuple(kind) for kind in _LISTS["kinds"])
MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"
FIRST_DAY, DAYS = date(2005, 1, 3), 7900
_SENTENCES, _SENTENCES_A_PAPER = 6000, 10


@dataclass(frozen=True, slots=True)
class Piece:
    """A text with its words, and what they are as terms."""

    text: str
    found: Words
    terms: frozenset[str]
    written: str
    """The terms as PostgreSQL takes them; it sees itself to what is given twice."""
    named: frozenset[str]
    """Those terms that names written in several ways consist of."""


def _piece(text: str, found: Words) -> Piece:
    pairs = (pair(first, second) for first, second in pairwise(found.folded))
    terms = frozenset((*found.folded, *found.exact, *pairs))
    return Piece(text, found, terms, vector(terms), terms & _of_names())


@cache
def _of_names() -> frozenset[str]:
    every = [name for group in names() for name in group]
    return frozenset(chain.from_iterable((*name, *(pair(one, two) for one, two in pairwise(name))) for name in every))


@dataclass(frozen=True, slots=True)
class Made:
    """One record."""

    number: int
    code: str
    kind: str
    title: str
    paper_number: str
    person: str
    subject: str
    issuer: str
    unit: str
    owner: str
    dossier: str
    state: str
    issued_on: date
    valid_until: date | None
    heading: tuple[Piece, ...]
    body: tuple[Piece, ...]

    access = "internal"

    def facts(self) -> Facts:
        """What is known of it."""
        return Facts(
            self.paper_number, self.owner, self.kind, self.unit, self.issuer, self.dossier, self.state,
            self.access, self.issued_on, self.valid_until,
        )  # fmt: skip

    def document(self) -> Document:
        """As the index takes it."""
        return Document(self.number, words_of_all(self.heading), words_of_all(self.body), self.facts())

    def terms(self) -> set[str]:
        """What `storage.search.terms` makes of it, from what its pieces were found to have."""
        return set().union(*(one.terms for one in (*self.heading, *self.body)), self._beside_pieces())

    def vector(self) -> str:
        """Its terms as PostgreSQL takes them."""
        pieces = dict.fromkeys(one.written for one in (*self.heading, *self.body))
        return " ".join((*pieces, vector(self._beside_pieces())))

    def _beside_pieces(self) -> set[str]:
        seams = [
            pair(one.found.folded[-1], two.found.folded[0]) for part in (self.heading, self.body) for one, two in pairwise(part)
        ]
        named = set().union(*(one.named for one in (*self.heading, *self.body)), seams)
        others = other_names(named, {term for term in named if term.startswith("_")})
        return {*seams, *others, *tags_of(self.number, self.facts()), *of_heading(words_of_all(self.heading))}


@cache
def piece(text: str) -> Piece:
    """The piece, its words found once."""
    return _piece(text, words(text))


def text_of_all(pieces: Iterable[Piece], between: str = "\n") -> str:
    """Pieces in a row, as clean text."""
    return clean(between.join(one.text for one in pieces))


def words_of_all(pieces: Sequence[Piece]) -> Words:
    """The words of pieces in a row."""
    exact, folded = (tuple(chain.from_iterable(one.found[place] for one in pieces)) for place in (0, 1))
    return Words(exact, folded)


@cache
def sentences() -> tuple[Piece, ...]:
    """Sentences whose syllables follow each other as in legal text."""
    follow: dict[str, tuple[list[str], list[int]]] = defaultdict(lambda: ([], []))
    source = files("ocr.language") / "data" / "vi-legal-bigrams.tsv.gz"
    for line in gzip.decompress(source.read_bytes()).decode().splitlines():
        first, second, count = line.split("\t")
        if second.isalpha() and (first.isalpha() or first == "<s>"):
            follow[first][0].append(second)
            follow[first][1].append(int(count))
    chance = random.Random(20261128)
    made = []
    while len(made) < _SENTENCES:
        row, at = [], "<s>"
        while len(row) < 18 and at in follow:
            at = chance.choices(*follow[at])[0]
            row.append(at)
        if len(row) > 6:
            made.append(_piece(f"{' '.join(row).capitalize()}.", words(" ".join(row))))
    return tuple(made)


def person_of(chance: random.Random) -> str:
    """A person's name of three or four syllables."""
    middle = " ".join(chance.sample(MIDDLES, chance.choice((1, 2))))
    return f"{chance.choice(SURNAMES)} {middle} {chance.choice(GIVEN)}"


def commune_of(chance: random.Random) -> str:
    """A commune's name."""
    return f"xã {chance.choice(PLACES)} {chance.choice(PLACES)}"


def made(number: int) -> Made:
    """Record `number`."""
    chance = random.Random(number * 7919 + 17)
    kind, title, letters = chance.choice(KINDS)
    person, commune, province = person_of(chance), commune_of(chance), chance.choice(PROVINCES)
    issuer = f"Ủy ban nhân dân {commune}" if chance.random() < 0.8 else f"Sở Tư pháp tỉnh {province}"
    matter = chance.choice(MATTERS)
    sign = "bà" if "Thị" in person else "ông"
    issued = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
    until = issued + timedelta(days=chance.randrange(365, 3650)) if chance.random() < 0.3 else None
    state = chance.choices(("in_force", "annulled", "replaced"), (96, 1, 3))[0]
    paper_number = f"{chance.randrange(1, 9999)}/{letters}-{'UBND' if 'nhân dân' in issuer else 'STP'}"
    owner = f"{chance.randrange(1, 97):03}{chance.randrange(4)}{chance.randrange(100):02}{number:06}"[-12:]
    unit = f"H56.{chance.randrange(1, 60)}"
    code, dossier = (
        f"KQ.G15.{number:06}-{unit}-2026-{number:06}",
        f"000.00.{number % 97:02}.H56-26{number % 12 + 1:02}01-{number:05}",
    )
    subject = (piece(f"Về việc {matter}"), piece(f"cho {sign}"), *map(piece, person.split()), piece(commune))
    heading = (piece(title), _plain(paper_number), *subject, piece(issuer), _plain(code), _plain(dossier))
    body = (
        piece(MOTTO), piece(issuer), _plain(f"Số: {paper_number}"), piece(commune),
        piece(f"ngày {issued.day} tháng {issued.month} năm {issued.year}"), piece(title.upper()), *subject,
        *chance.choices(sentences(), k=_SENTENCES_A_PAPER), piece("Số định danh cá nhân"), _plain(owner),
        piece(sign), *map(piece, person.split()),
    )  # fmt: skip
    return Made(
        number, code, kind, title, paper_number, person, text_of_all(subject, " "), issuer, unit, owner, dossier, state,
        issued, until, heading, body,
    )  # fmt: skip


def _plain(text: str) -> Piece:
    return _piece(text, words(text))
