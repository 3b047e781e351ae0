"""Paper types as data: one TOML file per type, validated and cached on first use.

A person who knows the papers adds a type by adding one file to `ocr/fields/data/paper_types/`: how the paper is
recognised (`cues`), which fields it has and how each is found (`anchors`, `pattern`, `where`). No code is touched.
Names, anchors and cue phrases are written in correct Vietnamese; matching folds diacritics and case on both sides.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ocr.fields.errors import BadPaperType, UnknownPaperType

GENERIC = "generic"
_FOLDER = files("ocr.fields") / "data" / "paper_types"


class Names(NamedTuple):
    """One name in the two languages of the house."""

    vi: str
    en: str


class FieldKind(StrEnum):
    """What a value is, hence how it is normalised and checked."""

    TEXT = "text"
    NUMBER = "number"
    """Số, ký hiệu: no inner spaces."""
    DATE = "date"
    """ISO 8601."""
    NAME = "name"
    """A person's name: NFC, single spaces."""
    ORGAN = "organ"
    """An agency's name."""
    PERSONAL_ID = "personal_id"
    """12-digit personal number or 9-digit CMND."""
    TAX_CODE = "tax_code"
    """Mã số thuế / mã số doanh nghiệp, 10 or 13 digits."""
    DECIMAL = "decimal"
    """A figure with a point for decimals: `1.234,5` as printed becomes `1234.5`."""
    CODE = "code"
    """Any other code: upper case, no inner spaces."""


class Zone(StrEnum):
    """Where on the first page something stands."""

    ANY = "any"
    HEAD = "head"
    """The upper 40 % of the page."""
    TITLE = "title"
    """A line of its own, mostly capitals, centred in the upper half."""
    BODY = "body"
    """Below the head."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cue(_Frozen):
    """A phrase that speaks for (or, with a negative weight, against) a paper type."""

    phrase: str = Field(min_length=2)
    weight: float = Field(default=1.0, ge=-10, le=10)
    where: Zone = Zone.ANY


class FieldSpec(_Frozen):
    """One field of a paper type and how it is found."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label_vi: str
    label_en: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    always_review: bool = Field(default=False, description="when it is found, a person must look at the paper")
    anchors: tuple[str, ...] = Field(default=(), description="printed labels that stand before the value, best first")
    pattern: str = Field(default="", description="regular expression the value must match inside the text after the anchor")
    where: Zone = Zone.ANY
    below: bool = Field(default=False, description="the value may stand on the line under the anchor")
    column: int = Field(
        default=0, ge=0, le=2, description="column the label stands in on a two-column form; 0 any, 1 left, 2 right"
    )
    alone: bool = Field(default=False, description="a cell that is nothing but the pattern is the value, without a label")
    lines: int = Field(default=1, ge=1, le=8, description="lines a value may run over")
    qr_index: int = Field(default=-1, ge=-1, le=30, description="place in the card's QR code, from 0; -1 not there")

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as broken:
            raise ValueError(f"pattern does not compile: {broken}") from broken
        return value

    def label(self, lang: str = "vi") -> str:
        """The label shown to a person."""
        return self.label_vi if lang == "vi" else self.label_en


class PaperType(_Frozen):
    """A kind of paper: how it is recognised and which fields it has."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    version: int = Field(ge=1)
    names: Names
    layout: str = Field(default="labelled", pattern="^(administrative|labelled|generic)$")
    result_code: str = Field(
        default="", pattern=r"^(KQ\.[A-Y]\d{2}\.\d{6})?$", description="mã loại kết quả of the national TTHC database"
    )
    title: str = Field(default="", description="the value of `title` for papers whose name is printed in one way only")
    longer_titles: tuple[str, ...] = Field(
        default=(), description="names that begin as `title` and go on, one a form of the paper"
    )
    source: str = Field(default="", description="the standard or form the data comes from")
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str = ""
    cues: tuple[Cue, ...] = ()
    fields: tuple[FieldSpec, ...] = ()

    @model_validator(mode="after")
    def _names_once(self) -> PaperType:
        seen = [spec.name for spec in self.fields]
        twice = sorted({name for name in seen if seen.count(name) > 1})
        if twice:
            raise ValueError(f"field named twice: {', '.join(twice)}")
        return self

    def name(self, lang: str = "vi") -> str:
        """The paper's name for a person."""
        return self.names.vi if lang == "vi" else self.names.en

    def spec(self, name: str) -> FieldSpec | None:
        """The specification of one field, None if the type has no such field."""
        return next((spec for spec in self.fields if spec.name == name), None)


def load_type(text: str, file: str) -> PaperType:
    """One paper type from the text of its TOML file. Raises BadPaperType naming `file` and what is wrong."""
    try:
        return PaperType.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as broken:
        raise BadPaperType(file=file, why=str(broken)) from broken
    except ValidationError as broken:
        first = broken.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadPaperType(file=file, why=f"{where}: {first['msg']}") from broken


def load_types(sources: Iterable[tuple[str, str]]) -> dict[str, PaperType]:
    """Paper types from (file name, text) pairs, by code. Raises BadPaperType, also when two files use one code."""
    found: dict[str, PaperType] = {}
    for file, text in sources:
        kind = load_type(text, file)
        if kind.code in found:
            raise BadPaperType(file=file, why=f"code {kind.code} is used twice")
        found[kind.code] = kind
    return found


@lru_cache(maxsize=1)
def catalogue() -> dict[str, PaperType]:
    """All packaged paper types by code, `generic` always among them. Do not change the returned mapping."""
    entries = sorted((entry for entry in _FOLDER.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name)
    found = load_types((entry.name, entry.read_text(encoding="utf-8")) for entry in entries)
    if GENERIC not in found:
        raise BadPaperType(file="generic.toml", why="missing")
    return found


def paper_type(code: str) -> PaperType:
    """The paper type with this code. Raises UnknownPaperType."""
    try:
        return catalogue()[code]
    except KeyError:
        raise UnknownPaperType(paper_type=code) from None
