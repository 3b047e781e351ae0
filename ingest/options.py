"""Limits of intake, each a number with a unit. Read from settings by `api.settings`; nothing here reads the environment."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class QualityOptions(BaseModel):
    """From when on a page is told to be unfit. Nothing is refused for it, and no pixel is changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    blank_share: float = Field(default=0.0002, ge=0, le=1, description="share of ink below which a page is blank")
    ink_depth: int = Field(default=40, gt=0, le=255, description="grey levels below the paper from which a pixel is ink")
    blurred_below: float = Field(
        default=250.0, ge=0, description="sharpness (variance of the Laplacian at 150 dpi) of a blurred page"
    )
    skewed_from_deg: float = Field(default=2.0, gt=0, description="tilt from which a page is told to be skewed")
    cut_off_strokes: int = Field(default=8, gt=0, description="strokes across one edge from which text is cut off")
    fold_mm: float = Field(default=7.0, gt=0, description="shortest leg of a folded corner")
    fold_depth: int = Field(default=30, gt=0, le=255, description="grey levels by which a folded corner differs from paper")
    shadow_depth: float = Field(default=0.3, gt=0, lt=1, description="how much darker than the paper a finger or shadow is")
    shadow_share: float = Field(default=0.004, gt=0, lt=1, description="least share of the page under a finger or shadow")
    double_feed_ratio: float = Field(default=1.12, gt=1, description="how much longer than its neighbours a double feed is")
    hold: tuple[str, ...] = Field(
        default=(),
        description="notes that hold a paper for a look before it is signed, e.g. below_min_dpi, cut_off, double_feed, shadow",
    )


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
    quality: QualityOptions = Field(default=QualityOptions(), description="from when on a page is told to be unfit")


class BoxOptions(BaseModel):
    """Limits of one call in a child process."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    workers: int = Field(default=0, ge=0, description="child processes; 0 = as many as cores and memory allow")
    seconds: int = Field(default=120, gt=0, description="wall seconds one call may take before its child is killed")
    memory_bytes: int = Field(default=4 * 1024**3, gt=0, description="address space of a child, bytes")
    child_bytes: int = Field(
        default=512 * 1024**2, gt=0, description="memory a child is reckoned with when their number follows cores and memory"
    )
    file_bytes: int = Field(default=4 * 1024**3, gt=0, description="largest file a child may write, bytes")
    open_files: int = Field(default=256, ge=64, description="files a child may have open")
    calls_per_child: int = Field(default=200, gt=0, description="a child is replaced after so many calls")
