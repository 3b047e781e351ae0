"""The codes of a separator sheet, read from its picture; what they say is `ingest.separators`'."""

from __future__ import annotations

import re

import zxingcpp
from PIL import Image

from ingest.separators import PREFIX, UNREADABLE, parse

_CODES = zxingcpp.barcode_formats_from_str("QRCode|Code128")
_MARK = re.compile(PREFIX + r"SHEET([0-9]{0,4})")


def read(image: Image.Image) -> dict[str, str] | None:
    """What the separator sheet in the reduced image says, or None for an ordinary page."""
    found = zxingcpp.read_barcodes(image.convert("L"), formats=_CODES, try_downscale=False, try_invert=False)
    marked: str | None = None
    for code in found:
        facts = parse(code.text)
        if facts is not None:
            return facts
        if matched := _MARK.fullmatch(code.text):
            marked = matched[1] or "0"
    return None if marked is None else {UNREADABLE: marked}
