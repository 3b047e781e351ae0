"""Options of reading, with units. Nothing here reads the environment."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class EngineKind(StrEnum):
    """Which form of Tesseract reads."""

    AUTO = "auto"
    LIBRARY = "library"
    PROGRAM = "program"


class ReadOptions(BaseModel):
    """How a page is read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: str = Field(default="vie", description="Tesseract language")
    engine: EngineKind = Field(
        default=EngineKind.AUTO,
        description="`auto`: where tesserocr is there kept in the process, all lines of a page read together; "
        "`library`: kept in the process, line by line; `program`: a process a page",
    )
    page_seconds: int = Field(default=60, gt=0, description="wall seconds one page may take")
    reading_dpi: int = Field(default=200, ge=100, le=400, description="resolution pages are brought to before reading")
    turn_below_confidence: float = Field(default=0.70, description="mean confidence under which other orientations are tried")
    use_text_layer: bool = Field(default=True, description="take a good text layer of a born-digital page instead of OCR")
    lexicon: str = Field(
        default="", description="folder of syllable statistics made by `sohoa lexicon rebuild`; empty: the packaged ones"
    )
    gazetteer: str = Field(
        default="", description="file of further names (hamlets, agencies); form: see `ocr/language/gazetteer.py`"
    )
    language_pass: bool = Field(default=True, description="weigh the marks of doubtful words by what words stand beside them")


class ReviewOptions(BaseModel):
    """When the machine may have the last word."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    automatic: bool = Field(default=False, description="decide fields automatically when all are sure enough")
    automatic_above: float = Field(
        default=0.80, ge=0, le=1, description="confidence above which a field may be decided automatically"
    )
    require_all: bool = Field(
        default=False,
        description="automatic: send the paper to a person when a required field is missing or doubtful; "
        "false decides what is sure, leaves the rest undecided and says so in the journal",
    )


class SamplingOptions(BaseModel):
    """How much of what was confirmed a second person looks at, and how many errors are accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    percent: float = Field(default=0.0, ge=0, le=100, description="share of confirmed papers a second person checks; 0: none")
    seed: str = Field(default="", description="mixed into the draw, so that nobody can tell beforehand which papers are drawn")
    blind: bool = Field(default=False, description="the second person types the values without seeing the first's")
    hold: Literal["bulk", "all", "none"] = Field(
        default="bulk", description="papers that wait until the drawn ones of their batch are checked; `bulk`: not counter work"
    )
    budget_percent: float = Field(default=3.0, ge=0, le=100, description="accepted share of wrong values of a batch")
    least_checked: int = Field(default=20, ge=1, description="checked values below which a batch is never stopped")


class PageCodingKind(StrEnum):
    """How the pixels of pages may stand in the digitised copy."""

    AUTO = "auto"
    OFF = "off"


class CopyOptions(BaseModel):
    """How the digitised copy is made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    page_coding: PageCodingKind = Field(
        default=PageCodingKind.AUTO,
        description="`auto`: a page goes into layers where that is smaller and measured to look alike; `off`: its stored bytes",
    )
