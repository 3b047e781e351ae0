"""Limits of intake, each a number with a unit. Read from settings by `api.settings`; nothing here reads the environment."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class IntakeOptions(BaseModel):
    """What a single file may cost before it is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_file_bytes: int = Field(default=512 * 1024**2, gt=0, description="largest file taken in, bytes")
    max_pages: int = Field(default=2_000, gt=0, description="most pages in one file")
    max_page_pixels: int = Field(default=200_000_000, gt=0, description="most pixels in one page image")
    min_page_side_px: int = Field(default=200, gt=0, description="a shorter image side cannot be a page")
    max_archive_members: int = Field(default=5_000, gt=0, description="most files in a ZIP")
    max_archive_bytes: int = Field(default=4 * 1024**3, gt=0, description="most bytes a ZIP may unpack to")
    max_archive_ratio: int = Field(default=200, gt=0, description="unpacked over packed size above which a member is a bomb")
    active_content: Literal["refuse", "note"] = Field(
        default="refuse", description="what to do with a PDF that carries scripts, launch actions or embedded files"
    )
    render_dpi: int = Field(default=300, ge=200, le=600, description="resolution at which vector PDF pages are rendered")
    min_dpi: int = Field(default=200, description="legal floor of a digitised copy (Decree 30/2020, Appendix I)")
    target_dpi: int = Field(default=300, description="below it a note is made (CV 7197/BKHCN-CĐSQG)")


class BoxOptions(BaseModel):
    """Limits of one call in a child process."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    workers: int = Field(default=0, ge=0, description="child processes; 0 = number of cores")
    seconds: int = Field(default=120, gt=0, description="wall seconds one call may take before its child is killed")
    memory_bytes: int = Field(default=4 * 1024**3, gt=0, description="address space of a child, bytes")
    calls_per_child: int = Field(default=200, gt=0, description="a child is replaced after so many calls")
