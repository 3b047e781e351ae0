"""Frozen facts of intake: what a file is, which pages it has, how fit they are. No I/O, no third-party engine.

Pixels have their origin top-left. Sizes are bytes unless a name says otherwise; `_px`, `_dpi`, `_pt`, `_deg` are units.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

from ingest.errors import Param

Sha256 = NewType("Sha256", str)
"""64 lower-case hexadecimal digits; the name of an object."""


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """An immutable object in the store, named by the SHA-256 of its bytes."""

    sha256: Sha256
    size: int
    media_type: str


class FileKind(StrEnum):
    """What a file really is, whatever its name says."""

    PDF = "pdf"
    TIFF = "tiff"
    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    HEIC = "heic"
    ZIP = "zip"


MEDIA_TYPES: dict[FileKind, str] = {
    FileKind.PDF: "application/pdf",
    FileKind.TIFF: "image/tiff",
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.WEBP: "image/webp",
    FileKind.HEIC: "image/heic",
    FileKind.ZIP: "application/zip",
}


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth telling about an accepted file or page that does not stop it: a stable code with parameters.

    The sentences stand in `ingest.notes`; parameters hold no personal data.
    """

    code: str
    params: dict[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Identified:
    """The outcome of looking at a file: it may be taken in."""

    kind: FileKind
    pages: int
    """Number of pages; for a ZIP the number of members that are files."""
    signatures: int = 0
    """Digital signatures found in a PDF (0 for anything else)."""
    notes: tuple[Note, ...] = ()


class ColourMode(StrEnum):
    """How the pixels of a page are coloured."""

    BITONAL = "bitonal"
    GREY = "grey"
    COLOUR = "colour"


class PageOrigin(StrEnum):
    """Where the pixels of a page come from."""

    IMAGE = "image"
    """The file itself is the image (JPEG, PNG, TIFF frame, photo)."""
    EMBEDDED = "embedded"
    """One image that fills a PDF page, taken out without re-encoding."""
    RENDERED = "rendered"
    """A PDF page with text or vector content, rendered."""


class DpiSource(StrEnum):
    """How the resolution of a page is known."""

    TAG = "tag"
    PAGE_SIZE = "page_size"
    """From the PDF page box or, when the tag is absent or absurd, from the paper size the pixels would fill."""
    RENDERED = "rendered"


@dataclass(frozen=True, slots=True)
class Quality:
    """How fit a page image is; every figure is measured, the notes say which limit it misses and what else is odd."""

    blank: bool = False
    skew_deg: float = 0.0
    """Clockwise angle of the lines of writing; an estimate to judge the scan by."""
    blur: float = 0.0
    """Variance of the Laplacian at about 150 dpi where the page is sharpest; low is blurred, 0 is a blank page."""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page as pixels on disk, untouched: what is stored, shown, read and sealed.

    `exif_turn_deg` is the clockwise turn (0, 90, 180, 270) that the file itself asks a viewer for (EXIF, PDF /Rotate).
    """

    index: int
    """Place in its file, from 0."""
    path: str
    media_type: str
    width_px: int
    height_px: int
    dpi: float
    dpi_source: DpiSource
    colour: ColourMode
    origin: PageOrigin
    exif_turn_deg: int = 0
    turn_fixed: bool = False
    """True if a person said which way up it is; then nothing else is tried."""
    has_text_layer: bool = False
    """True if the PDF page carries text of its own; a claim, not a fact (see ocr.engines.textlayer)."""
    quality: Quality = Quality()
    separator: dict[str, str] | None = None
    """What a separator sheet says (`ingest.separators`); None for a page of a paper."""


class SheetFault(StrEnum):
    """Why nobody may say by the separator sheets alone where a paper belongs."""

    NONE = ""
    UNREADABLE = "unreadable"
    """The sheet before it is one, but its QR code cannot be read."""
    MISSING = "missing"
    """A sheet of the print is not in the stack: the paper may hide a second one."""


@dataclass(frozen=True, slots=True)
class PaperSpan:
    """Consecutive pages of one file that are one paper (first and last inclusive, from 0)."""

    first: int
    last: int
    separator: dict[str, str] = field(default_factory=dict)
    """What the separator sheet before it said (dossier, component, paper type, owner); empty without a sheet."""
    fault: SheetFault = SheetFault.NONE
    fault_sheet: int = 0
    """Number of the sheet in question, or 0."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside an archive, unpacked to disk."""

    name: str
    path: str
    size: int
