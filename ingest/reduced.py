"""A page image made small for measuring: grey, at about 150 dpi."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from ingest.errors import PageUnreadable
from ingest.guard import refusing

_DPI = 150
_SLACK = 0.98


@dataclass(frozen=True, slots=True)
class Reduced:
    """The small image, not turned, and its resolution."""

    image: Image.Image
    dpi: float


def reduced(path: str, dpi: float) -> Reduced:
    """The page a whole number of times smaller, at 150 dpi or the next above; JPEG decodes straight to that size.

    Raises PageUnreadable.
    """
    # the limits were applied when the page was made
    Image.MAX_IMAGE_PIXELS = None
    with refusing(lambda: PageUnreadable(page=0)), Image.open(path) as image:
        width = image.width
        factor = max(1, int(dpi / (_DPI * _SLACK)))
        image.draft("L", (width // factor, image.height // factor))
        rest = max(1, round(factor * image.width / width))
        grey = image.convert("L")
        small = grey.reduce(rest) if rest > 1 else grey
        return Reduced(small, dpi * small.width / width)
