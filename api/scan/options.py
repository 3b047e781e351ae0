"""Options of scanning at the desk, with units. The profiles follow the capture rules (Decree 30/2020, Appendix I; CV 7197)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ScanProfile(BaseModel):
    """How pages are captured."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dpi: int = Field(default=300, ge=200, le=1200)
    mode: str = "Color"


class ScanOptions(BaseModel):
    """Scanners that SANE knows, asked through its program `scanimage`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    device: str = Field(default="", description="SANE device that `sohoa scan` uses when none is named; empty: the first found")
    page: bool = Field(default=True, description="the page /scan, where the server has scanimage")
    page_seconds: int = Field(default=120, gt=0, description="how long a scanner may take for one page")
    profiles: dict[str, ScanProfile] = Field(
        default={"chuan": ScanProfile(), "tra-cuu": ScanProfile(dpi=200)},
        description="capture profiles: chuan (300 dpi, colour) and tra-cuu (200 dpi, colour; the legal floor)",
    )
