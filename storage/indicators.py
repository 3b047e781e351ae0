"""Indicators of the service as data: what is counted, what a share is worth. No I/O but the data file.

Facts a formula may name, all of one dossier:

- `returns_document`: its procedure must end in a document;
- `result_file`: its result is there as a record or a link;
- `component_files`: at least one component has its file (digitised or reused);
- `reused`: at least one component is served by an earlier record (DuocTaiSuDung 1 or 2);
- `personal_store`: a component came out of the owner's store (DuocLayTuKhoDMQG), or the result is linked to it;
- `population_data`: the account was checked against population data (TaiKhoanDuocXacThucVoiVNeID);
- `certified_copy` (kind `offers` only): the unit issued a certified electronic copy in the period.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from storage.errors import BadCatalogue
from storage.procedures import Spoken


class DossierFact(StrEnum):
    """What a formula may ask of a dossier (see the module's text)."""

    RETURNS_DOCUMENT = "returns_document"
    RESULT_FILE = "result_file"
    COMPONENT_FILES = "component_files"
    REUSED = "reused"
    PERSONAL_STORE = "personal_store"
    POPULATION_DATA = "population_data"
    CERTIFIED_COPY = "certified_copy"


class Indicator(BaseModel):
    """One indicator and its formula."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^[0-9A-Za-z.]{1,20}$")
    kind: Literal["dossiers", "procedures", "offers"]
    points: float = Field(gt=0)
    full_from: float = Field(gt=0, le=100)
    """From this percentage on all points are given; below, the percentage in proportion to it."""
    numerator: tuple[DossierFact, ...]
    denominator: tuple[DossierFact, ...]
    """None: every dossier received in the period."""
    name: Spoken

    def score(self, numerator: int, denominator: int) -> float | None:
        """Points for so many of so many, to two decimals; None when there is nothing to count (N/A)."""
        if not denominator:
            return None
        percent = 100 * numerator / denominator
        return round(min(1.0, percent / self.full_from) * self.points, 2)


class Indicators(BaseModel):
    """The data file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    verified: bool
    source: str
    indicators: tuple[Indicator, ...] = Field(min_length=1)

    def named(self, code: str) -> Indicator | None:
        """The indicator of that code, or None."""
        return next((one for one in self.indicators if one.code == code), None)


class Part(StrEnum):
    """Which dossiers behind a number are wanted."""

    COUNTED = "counted"
    """Those of the numerator."""
    ALL = "all"
    """Those of the denominator."""
    MISSING = "missing"
    """In the denominator, but not in the numerator."""


@dataclass(frozen=True, slots=True)
class Span:
    """A period: from `first` on, before `before`; aware."""

    first: datetime
    before: datetime


@dataclass(frozen=True, slots=True)
class Count:
    """How often an indicator holds in one unit: so many of so many."""

    unit: str
    indicator: str
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class Activity:
    """What a unit did in a period."""

    unit: str
    dossiers: int = 0
    late: int = 0
    """Resolved after their day, or past it and not resolved."""
    late_with_reason: int = 0
    records: int = 0
    pages: int = 0
    """Of those records."""
    reuses: int = 0
    """Papers nobody had to hand in again."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What one person took in during a period."""

    actor: str
    papers: int
    pages: int
    days: int
    """On how many days (in Vietnam)."""


def indicators(file: str = "") -> Indicators:
    """The indicators in `file`, or those shipped; raises BadCatalogue."""
    try:
        changed = Path(file).stat().st_mtime_ns if file else 0
    except OSError:
        changed = 0
    return _indicators(file, changed)


@lru_cache(maxsize=4)
def _indicators(file: str, _changed_at: int) -> Indicators:
    try:
        shipped = files("storage") / "data" / "indicators_766.toml"
        text = Path(file).read_text("utf-8") if file else shipped.read_text("utf-8")
        return Indicators.model_validate(tomllib.loads(text))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise BadCatalogue(file=file or "indicators_766.toml", why=str(error)[:300]) from error
