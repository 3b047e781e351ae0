"""Frozen facts of a page taken apart. Places are pixels of the stored image, origin top-left."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Coding(StrEnum):
    """How the pixels of a page stand in the copy."""

    ORIGINAL = "original"
    """The JPEG bytes that came in."""
    BITONAL = "bitonal"
    """Lossless black and white, CCITT Group 4."""
    LAYERED = "layered"
    """Masks, patches and paper; alike by the guard."""
    RECODED = "recoded"
    """One JPEG at the original resolution with evened paper; alike by the guard."""
    FINE = "fine"
    """One JPEG of high quality, for sources that PDF cannot carry."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle in whole pixels, right and lower side exclusive."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.x1 - self.x0, self.y1 - self.y0

    @property
    def pixels(self) -> int:
        """How many pixels it holds."""
        return (self.x1 - self.x0) * (self.y1 - self.y0)

    def touches(self, other: Area, gap: int = 0) -> bool:
        """Whether both overlap or lie within `gap` pixels of each other."""
        return self.x0 - gap < other.x1 and other.x0 - gap < self.x1 and self.y0 - gap < other.y1 and other.y0 - gap < self.y1

    def hull(self, other: Area) -> Area:
        """The smallest area around both."""
        return Area(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG that covers `area` (which may reach beyond the page)."""

    area: Area
    jpeg: bytes
    width_px: int
    height_px: int
    grey: bool


@dataclass(frozen=True, slots=True)
class Mask:
    """Where one tone of ink lies over everything below: Group 4 data of the whole page, ink coded as black."""

    level: int
    """Luminance, 0–255."""
    data: bytes


@dataclass(frozen=True, slots=True)
class Layers:
    """A page as drawn: pictures from below (the paper first), then masks from light to dark."""

    pictures: tuple[Picture, ...]
    masks: tuple[Mask, ...]
    coding: Coding
    likeness: float
    """Structural similarity of text and pictures to the page as scanned, 0–1 (see `ocr.layers.guard`)."""

    @property
    def size(self) -> int:
        """Bytes of all streams."""
        return sum(len(picture.jpeg) for picture in self.pictures) + sum(len(mask.data) for mask in self.masks)


@dataclass(frozen=True, slots=True)
class PageCoding:
    """What became of the pixels of one page of the copy."""

    coding: Coding
    size: int
    """Bytes of the page's images."""
    likeness: float = 1.0

    @property
    def said(self) -> str:
        """In words for the metadata of a document: the coding, and the likeness where pixels were coded anew."""
        return f"{self.coding} {self.likeness:.4f}" if self.coding in {Coding.LAYERED, Coding.RECODED} else str(self.coding)
