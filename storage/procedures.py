"""Procedures and the papers they take, and why a paper is not digitised: versioned data files that a province replaces.

A file is checked whole when it is loaded: unknown paper types, doubled codes and reversed days are refused. Which entry holds
on which day is asked with the day; older entries stay in the file for older dossiers.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ocr.fields.types import catalogue
from storage.errors import BadCatalogue

_FOLDER = files("storage") / "data"
ANY_PAPER = "*"
T = TypeVar("T", bound=BaseModel)
_BASE = re.compile(r"[0-9]\.[0-9]{6}")


class Spoken(BaseModel):
    """A name in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vi: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def say(self, lang: str) -> str:
        """The name in `lang`."""
        return self.vi if lang == "vi" else self.en


class Dated(BaseModel):
    """Something that holds from a day on, until another day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    valid_from: date
    valid_to: date | None = None
    """The last day."""

    def holds_on(self, day: date) -> bool:
        """True on a day on which it holds."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to lies before valid_from")
        return self


class ComponentKind(BaseModel):
    """One paper that a procedure takes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(min_length=1, max_length=60, pattern=r"^[0-9A-Za-z._-]+$")
    name: Spoken
    required: bool
    papers: tuple[str, ...] = Field(min_length=1)
    """Paper types that are what is asked for; `*`: any."""
    substitutes: tuple[str, ...] = ()
    """Paper types that may take its place (DuocTaiSuDung 2)."""
    whose: Literal["owner", "any"] = "owner"
    """`any`: it may be another person's paper (a parent's, a spouse's); an officer answers for it."""
    reusable: bool = True
    """False: made anew for each dossier (a declaration)."""
    newer_than_days: int | None = Field(default=None, ge=1)
    """It must have been issued within so many days before the filing."""

    def fits(self, paper_type: str) -> bool:
        """True if a paper of this type is what is asked for."""
        return ANY_PAPER in self.papers or paper_type in self.papers

    @model_validator(mode="after")
    def _types_known(self) -> Self:
        unknown = {*self.papers, *self.substitutes} - {*catalogue(), ANY_PAPER}
        if unknown:
            raise ValueError(f"unknown paper types: {', '.join(sorted(unknown))}")
        return self


class Procedure(Dated):
    """One procedure as it holds in its days."""

    code: str = Field(pattern=r"^[0-9]\.[0-9]{6}$")
    verified: bool
    """False while names and codes have not been compared with the national database."""
    name: Spoken
    field: str
    """Mã lĩnh vực."""
    returns_document: bool
    """It must end in a document (766 indicator 4.1)."""
    components: tuple[ComponentKind, ...] = Field(min_length=1)
    successor: str = ""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        codes = [part.code for part in self.components]
        if len(codes) != len(set(codes)):
            raise ValueError(f"{self.code}: a component stands twice")
        return self

    def component(self, code: str) -> ComponentKind | None:
        """The component of that code, or None."""
        return next((part for part in self.components if part.code == code), None)


class NotDigitised(Dated):
    """One reason for which a paper is not digitised."""

    code: str = Field(pattern=r"^[A-Z][A-Z0-9_]{1,30}$")
    name: Spoken
    source: str
    note: bool = False
    """Something must be added in words."""
    optional_only: bool = False
    """Not for a component that is required."""
    channels: tuple[int, ...] = ()
    """Dossiers of these channels (`storage.dossiers.Channel`) have it from the start."""


class Procedures(BaseModel):
    """The catalogue file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    source: str
    procedures: tuple[Procedure, ...]

    @model_validator(mode="after")
    def _never_two_on_a_day(self) -> Self:
        _apart(self.procedures)
        return self


class Reasons(BaseModel):
    """The file of reasons."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    source: str
    reasons: tuple[NotDigitised, ...]

    @model_validator(mode="after")
    def _never_two_on_a_day(self) -> Self:
        _apart(self.reasons)
        return self


def _apart(entries: tuple[Procedure, ...] | tuple[NotDigitised, ...]) -> None:
    """Nothing if no code holds twice on one day."""
    last: dict[str, date | None] = {}
    for code, start, end in sorted(((one.code, one.valid_from, one.valid_to) for one in entries), key=lambda one: one[:2]):
        if code in last:
            until = last[code]
            if until is None or until >= start:
                raise ValueError(f"{code} holds twice on {start.isoformat()}")
        last[code] = end


def procedures(file: str = "") -> Procedures:
    """The catalogue in `file`, or the one shipped. Raises BadCatalogue."""
    return _procedures(file, _changed(file))


def reasons(file: str = "") -> Reasons:
    """The reasons in `file`, or those shipped. Raises BadCatalogue."""
    return _reasons(file, _changed(file))


def base_code(code: str) -> str:
    """`2.000815` of `2.000815.000.00.00.H61`: the tail names who does it; empty when `code` is no procedure's."""
    found = _BASE.match(code.strip())
    return found.group() if found else ""


def procedure_on(code: str, day: date, file: str = "") -> Procedure | None:
    """The procedure of that code (with or without its tail) as it holds on `day`, or None."""
    wanted = base_code(code)
    return next((one for one in procedures(file).procedures if one.code == wanted and one.holds_on(day)), None)


def procedures_on(day: date, file: str = "") -> tuple[Procedure, ...]:
    """Every procedure that holds on `day`, by code."""
    return tuple(sorted((one for one in procedures(file).procedures if one.holds_on(day)), key=lambda one: one.code))


def reasons_on(day: date, file: str = "") -> tuple[NotDigitised, ...]:
    """Every reason that holds on `day`, in the order of the file."""
    return tuple(one for one in reasons(file).reasons if one.holds_on(day))


def reason_named(code: str, file: str = "") -> NotDigitised | None:
    """The latest reason of that code, whether it still holds or not; None for one that never was."""
    return next((one for one in reversed(reasons(file).reasons) if one.code == code), None)


@lru_cache(maxsize=8)
def _procedures(file: str, _changed_at: int) -> Procedures:
    return _validated(Procedures, file, "procedures.toml")


@lru_cache(maxsize=8)
def _reasons(file: str, _changed_at: int) -> Reasons:
    return _validated(Reasons, file, "not_digitised.toml")


def _validated(kind: type[T], file: str, shipped: str) -> T:
    try:
        text = Path(file).read_text("utf-8") if file else (_FOLDER / shipped).read_text("utf-8")
        return kind.model_validate(tomllib.loads(text))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise BadCatalogue(file=file or shipped, why=_why(error)) from error


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"[:300]
    return str(error)[:300]


def _changed(file: str) -> int:
    """When a replaced file was last written: a new version is read without a restart."""
    try:
        return Path(file).stat().st_mtime_ns if file else 0
    except OSError:
        return 0
