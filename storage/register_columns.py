"""Columns of a printed register as data, and what an entry says in each."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from storage.register_errors import BadColumns
from storage.registers import Certification, CertificationState


class Column(BaseModel):
    """One column."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Literal["number", "book", "date", "requester", "title", "certifier", "copies", "pages", "fee", "note"]
    vi: str
    en: str
    width: float = Field(gt=0)
    align: Literal["left", "centre", "right"] = "left"


class Columns(BaseModel):
    """The form of a register."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verified: bool
    column: tuple[Column, ...] = Field(min_length=1)


def columns(own_file: str = "") -> tuple[Column, ...]:
    """The form in use: the office's own file if named, else the one shipped. Raises BadColumns."""
    return _own(own_file) if own_file else _ours()


@lru_cache(maxsize=1)
def _ours() -> tuple[Column, ...]:
    text = (files("storage") / "data" / "register_columns.toml").read_text(encoding="utf-8")
    return Columns.model_validate(tomllib.loads(text)).column


def _own(path: str) -> tuple[Column, ...]:
    try:
        return Columns.model_validate(tomllib.loads(Path(path).read_text(encoding="utf-8"))).column
    except (OSError, ValueError, ValidationError) as error:
        raise BadColumns(what=Path(path).name) from error


def cells(entry: Certification, form: tuple[Column, ...]) -> tuple[str, ...]:
    """What the entry says, column by column."""
    return tuple(_CELLS[column.key](entry) for column in form)


def note_of(entry: Certification) -> str:
    """Ghi chú: why a number is void, or by which decision the certification was annulled."""
    if entry.annulment is not None:
        day = entry.annulment.decided_on.strftime("%d/%m/%Y")
        return f"Đã bị hủy theo QĐ số {entry.annulment.decision}, ngày {day}"
    if entry.state is CertificationState.VOID and entry.ending is not None:
        return f"Hủy số: {entry.ending.reason}"
    return "" if entry.issued else "Chưa ký xong"


def _void(entry: Certification) -> bool:
    return entry.state is CertificationState.VOID


def _certifier(entry: Certification) -> str:
    said = entry.attestation
    return ", ".join(part for part in (said.name, said.title) if part) if said else ""


_CELLS: dict[str, Callable[[Certification], str]] = {
    "number": lambda entry: entry.entry.text if entry.entry else "",
    "book": lambda entry: entry.entry.book if entry.entry else "",
    "date": lambda entry: entry.entry.on.strftime("%d/%m/%Y") if entry.entry else "",
    "requester": lambda entry: f"{entry.request.requester_name}, {entry.request.requester_id}",
    "title": lambda entry: entry.title,
    "certifier": _certifier,
    "copies": lambda entry: "0" if _void(entry) else str(entry.request.copies),
    "pages": lambda entry: "0" if _void(entry) else str(entry.request.pages),
    "fee": lambda entry: "0" if _void(entry) else str(entry.request.fee_vnd),
    "note": note_of,
}
