"""Separator sheets: a QR code on a sheet between papers says what follows, so a stack is scanned in one go.

Payload: `SOHOA1|key=value|…` with the keys `dossier` (mã hồ sơ), `component` (mã thành phần), `type` (paper type) and
`owner` (mã định danh); values percent-encoded (RFC 3986), unknown keys ignored, an empty list of pairs allowed (then the
sheet only separates). The sheet is no page of any paper, and a blank page right after it is its back.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, unquote

import zxingcpp
from PIL import Image

from ingest.model import PageImage, PaperSpan

PREFIX = "SOHOA1"
_QR = zxingcpp.barcode_formats_from_str("QRCode")
KEYS = ("dossier", "component", "type", "owner")


def payload(facts: dict[str, str]) -> str:
    """What a separator sheet's QR code says; keys in fixed order, empty values left out."""
    return "|".join([PREFIX, *(f"{key}={quote(facts[key], safe='')}" for key in KEYS if facts.get(key))])


def parse(text: str) -> dict[str, str] | None:
    """What a code says, or None if it is no separator's."""
    prefix, *pairs = text.split("|")
    if prefix != PREFIX:
        return None
    split = (pair.partition("=") for pair in pairs)
    return {key: unquote(value) for key, _, value in split if key in KEYS and value}


def read(image: Image.Image) -> dict[str, str] | None:
    """What the separator sheet in the reduced image says, or None for an ordinary page."""
    found = zxingcpp.read_barcodes(image.convert("L"), formats=_QR, try_downscale=False, try_invert=False)
    for code in found:
        facts = parse(code.text)
        if facts is not None:
            return facts
    return None


def papers(pages: Sequence[PageImage]) -> tuple[PaperSpan, ...]:
    """The papers of one file: runs of pages between separator sheets; without sheets, all pages are one paper."""
    spans: list[PaperSpan] = []
    start: int | None = None
    facts: dict[str, str] = {}
    after_sheet = False
    for page in pages:
        if page.separator is not None:
            if start is not None:
                spans.append(PaperSpan(start, page.index - 1, facts))
            start, facts, after_sheet = None, page.separator, True
        elif not (after_sheet and page.quality.blank):
            start = page.index if start is None else start
            after_sheet = False
        else:
            after_sheet = False
    if start is not None:
        spans.append(PaperSpan(start, pages[-1].index, facts))
    return tuple(spans)
