"""A painted page with the truth about it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PIL import Image

from ocr.model import Box


@dataclass(frozen=True, slots=True)
class TrueWord:
    """A word that stands on the page and the box of its ink, in pixels of the painted image."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True, eq=False)
class PaintedPage:
    """An image and everything true about it. Boxes are pixels of `image`, origin top-left."""

    image: Image.Image
    dpi: int
    words: tuple[TrueWord, ...]
    lines: tuple[str, ...]
    """In reading order, left column of the head before the right one."""
    fields: dict[str, str] = field(default_factory=dict)
    """Register fields, normalised (dates ISO 8601); names as in `ocr`: number, issued_on, issuer …"""
    printed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Register fields as printed, each as its lines."""
    codes: tuple[str, ...] = ()
    """Content of the QR codes on the page."""
    anchors: dict[str, Box] = field(default_factory=dict)
    """Places where marks go: `signature`, `body`."""
    kind: str = ""
    number: int = 1
    """The page's number in its paper, from 1."""

    def with_image(self, image: Image.Image) -> PaintedPage:
        """The same page with other pixels in the same places."""
        return replace(self, image=image)
