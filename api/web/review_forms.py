"""The review page's form, as it comes back: values, places somebody pointed at, the version that was looked at."""

from __future__ import annotations

import math

from api.errors import BadRequest
from api.web.visits import Posted
from ocr.model import Box, Evidence

FIELD_PREFIX = "field."
PLACE_PREFIX = "place."
_MOST_PX = 200_000


def version_in(posted: Posted) -> int:
    """The version of the paper that was on the screen; raises BadRequest."""
    text = posted.text("version")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise BadRequest(where="version")
    return int(text)


def places_in(posted: Posted) -> dict[str, tuple[Evidence, ...]]:
    """Where the person pointed at each value: `page x0 y0 x1 y1` in stored pixels; raises BadRequest."""
    found: dict[str, tuple[Evidence, ...]] = {}
    for name in posted.form:
        text = posted.text(name)
        if name.startswith(PLACE_PREFIX) and text:
            found[name.removeprefix(PLACE_PREFIX)] = (_place(text),)
    return found


def _place(text: str) -> Evidence:
    parts = text.split()
    try:
        page, (x0, y0, x1, y1) = int(parts[0]), (float(part) for part in parts[1:])
    except (ValueError, IndexError) as error:
        raise BadRequest(where="place") from error
    sides = (x0, y0, x1, y1)
    if not 0 <= page < _MOST_PX or not all(math.isfinite(side) and 0 <= side <= _MOST_PX for side in sides):
        raise BadRequest(where="place")
    return Evidence(page, Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
