"""The lời chứng of a certified copy: a versioned template, filled with the facts of one certification.

Templates are data, one file per legal basis, with the days they hold; which one was used stays with the certification, so
that a copy made again after a crash says the same words.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from signing.certify_errors import BadWording
from signing.number_words import date_words

_FOLDER = files("signing") / "data" / "wording"


@dataclass(frozen=True, slots=True)
class WordingFacts:
    """What a lời chứng tells."""

    number: str
    book: str
    on: date
    agency: str
    title: str
    pages: int
    certifier: str
    certifier_title: str


class Wording(BaseModel):
    """One template."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"[a-z0-9][a-z0-9-]{1,60}")
    verified: bool
    """False while the exact words of the law have not been read at their source."""
    legal_basis: str
    valid_from: date
    valid_to: date | None = None
    heading: str
    lines: tuple[str, ...] = Field(min_length=1)
    signer_heading: str
    agency_heading: str
    qr_caption: str

    @model_validator(mode="after")
    def _can_be_filled(self) -> Self:
        self.fill(_SAMPLE)
        return self

    def fill(self, facts: WordingFacts) -> tuple[str, ...]:
        """The lines with the facts in them."""
        values = {
            "number": facts.number,
            "book": facts.book,
            "day": f"{facts.on.day:02d}",
            "month": f"{facts.on.month:02d}",
            "year": facts.on.year,
            "date_words": date_words(facts.on),
            "agency": facts.agency,
            "title": facts.title,
            "pages": facts.pages,
            "certifier": facts.certifier,
            "certifier_title": facts.certifier_title,
            "legal_basis": self.legal_basis,
        }
        try:
            return tuple(line.format(**values) for line in self.lines)
        except (KeyError, IndexError, AttributeError) as error:
            raise ValueError(f"unknown part {error}") from error

    def holds_on(self, day: date) -> bool:
        """Whether the template is in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


_SAMPLE = WordingFacts("01", "01/2026-SCTĐT/BS", date(2026, 1, 1), "UBND", "Giấy tờ", 1, "Tên", "Chức danh")


def wording_on(day: date, own_file: str = "") -> Wording:
    """The template in force on `day`: the office's own file if named, else the newest of ours. Raises BadWording."""
    if own_file:
        return _own(own_file)
    holding = [one for one in _ours().values() if one.holds_on(day)]
    if not holding:
        raise BadWording(what=day.isoformat())
    return max(holding, key=lambda one: one.valid_from)


def wording_named(name: str, own_file: str = "") -> Wording:
    """The template with this id. Raises BadWording when it is not there any more."""
    own = _own(own_file) if own_file else None
    if own is not None and own.id == name:
        return own
    try:
        return _ours()[name]
    except KeyError as error:
        raise BadWording(what=name) from error


@lru_cache(maxsize=1)
def _ours() -> dict[str, Wording]:
    found = [_read(entry.read_text(encoding="utf-8"), entry.name) for entry in _FOLDER.iterdir() if entry.name.endswith(".toml")]
    return {one.id: one for one in found}


def _own(path: str) -> Wording:
    try:
        return _read(Path(path).read_text(encoding="utf-8"), path)
    except (OSError, UnicodeDecodeError) as error:
        raise BadWording(what=path) from error


def _read(text: str, name: str) -> Wording:
    try:
        return Wording.model_validate(tomllib.loads(text))
    except (ValidationError, ValueError) as error:
        raise BadWording(what=Path(name).name) from error
