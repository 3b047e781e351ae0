"""Closed lists around the administrative document: kinds, abbreviations, issuing bodies, positions. Data, not code."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from ocr.fields.words import fold, letters, likeness

_BODY = re.compile(r"(?:[uủ][yỷ] ban nhân dân|hội đồng nhân dân|ubnd|hđnd) (?:tỉnh|thành phố) (?P<place>.+)$")
_DATA = files("ocr.fields") / "data"


class DocumentKind(BaseModel):
    """One kind of document, its abbreviation (empty for công văn and thư công) and where it is laid down."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    abbreviation: str
    family: str


class Lists(BaseModel):
    """The closed lists of `document_kinds.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int
    kinds: tuple[DocumentKind, ...]
    organs: tuple[str, ...]
    organ_words: tuple[str, ...]
    positions: tuple[str, ...]
    authorities: tuple[str, ...]
    secrecy: tuple[str, ...]
    urgency: tuple[str, ...]


@lru_cache(maxsize=1)
def lists() -> Lists:
    """The packaged lists, validated once."""
    return Lists.model_validate(tomllib.loads((_DATA / "document_kinds.toml").read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def provinces() -> dict[str, str]:
    """Old three-digit province codes to names (63 of them)."""
    loaded = tomllib.loads((_DATA / "provinces_63.toml").read_text(encoding="utf-8"))
    return dict(loaded["provinces"])


@lru_cache(maxsize=1)
def surnames() -> frozenset[str]:
    """Family names in their own spelling."""
    loaded = tomllib.loads((_DATA / "surnames.toml").read_text(encoding="utf-8"))
    return frozenset(str(name) for name in loaded["surnames"])


def kind_by_abbreviation(abbreviation: str) -> DocumentKind | None:
    """The kind with exactly this abbreviation."""
    return next((kind for kind in lists().kinds if kind.abbreviation and kind.abbreviation == abbreviation), None)


def kind_by_name(text: str, *, at_least: float = 0.86) -> tuple[DocumentKind, float] | None:
    """The kind whose name `text` is, with the likeness; None when nothing is near enough."""
    scored = [(likeness(text, kind.name), kind) for kind in lists().kinds]
    score, kind = max(scored, key=lambda pair: pair[0])
    return (kind, score) if score >= at_least else None


def repaired_abbreviation(part: str, *, first: bool) -> str:
    """The listed abbreviation `part` stands for when only D/Đ, case or 0/O was lost in reading; otherwise `part` itself.

    `first` says whether it is the first part after the slash (kinds and organs) or a later one (organs only).
    A part that folds to two listed abbreviations (DA: đề án or dự án) is left as read.
    """
    kinds = tuple(kind.abbreviation for kind in lists().kinds if kind.abbreviation) if first else ()
    known = (*kinds, *lists().organs)
    if part in known:
        return part
    shape = _shape(part)
    fitting = sorted({entry for entry in known if _shape(entry) == shape})
    return fitting[0] if len(fitting) == 1 else part


def _shape(part: str) -> str:
    return fold(part).replace("0", "o")


def is_position(text: str) -> bool:
    """Whether the text is a position of the list, possibly followed by a unit's name."""
    read = letters(text)
    return any(read == known or read.startswith(known + " ") for known in map(letters, lists().positions))


def starts_organ(text: str) -> bool:
    """Whether a head line begins the name of an issuing body."""
    read = letters(text)
    return any(read == word or read.startswith(word + " ") for word in map(letters, lists().organ_words))


def position_like(text: str) -> str:
    """The position of the list that `text` is after folding, in capitals and its own spelling; empty when it is none."""
    return next((known.upper() for known in lists().positions if letters(known) == letters(text)), "")


def province_like(text: str) -> str:
    """The province (old list of 63) that `text` names after folding, in its own spelling; `text` itself if spelt right."""
    found = next((name for name in provinces().values() if letters(name) == letters(text)), "")
    return text if found.casefold() == text.casefold() else found


def is_known_body(text: str) -> bool:
    """Whether the text is a province's people's committee or council, spelt right to the letter."""
    matched = _BODY.match(text.casefold())
    return matched is not None and matched["place"] in {name.casefold() for name in provinces().values()}
