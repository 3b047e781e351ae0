"""QR codes of a page, in stored pixels. The only module of this package that imports zxingcpp."""

from __future__ import annotations

import zxingcpp

from ocr.model import Box, Code2D
from ocr.prepare.decode import Grey

_FORMATS = zxingcpp.barcode_formats_from_str("QRCode|MicroQRCode")
"""What Vietnamese papers carry; looking for the others too costs eight times as much."""


def read_codes(grey: Grey) -> tuple[Code2D, ...]:
    """Every QR code that decodes, from top to bottom; works at any turn."""
    found = zxingcpp.read_barcodes(grey, formats=_FORMATS, try_invert=False)
    codes = [Code2D(code.text, _box(code.position), _name(code.format)) for code in found if code.text]
    return tuple(sorted(codes, key=lambda code: (code.box.y0, code.box.x0)))


def _name(kind: zxingcpp.BarcodeFormat) -> str:
    """`QRCode`, however the version of zxing-cpp at hand spells it."""
    return str(kind).rsplit(".", maxsplit=1)[-1].replace(" ", "")


def _box(position: zxingcpp.Position) -> Box:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return Box(
        float(min(corner.x for corner in corners)),
        float(min(corner.y for corner in corners)),
        float(max(corner.x for corner in corners)),
        float(max(corner.y for corner in corners)),
    )
