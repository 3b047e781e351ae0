"""The words a PDF page carries itself. The only module that imports pdfplumber.

Gives what the page shows, also what stands in the appearance of signature fields and stamps (numbers and dates of
signed documents are often written there). Does not judge: see `ocr.plausible` and `ocr.recognise`.
"""

from __future__ import annotations

import io
import re
import string
import unicodedata
from typing import Any

import pdfplumber
import pikepdf
from pdfplumber.utils.exceptions import PdfminerException

from ingest.model import PageImage, PageOrigin
from ocr.model import Box, Word

_GAP = 0.15
"""A gap wider than this share of the type size parts two words; a space is 0.25, letters touch."""
_UNREADABLE = (
    pikepdf.PdfError,
    PdfminerException,
    OSError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    RecursionError,
)
"""What parsers throw at damaged pages: such a layer counts as none."""

_CAPITAL_FONT = re.compile(r"\.Vn\w*H\b")
_CAPITALS = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)

Rectangle = tuple[float, float, float, float]


def layer_reader() -> str:
    """Name and version of the reader of text layers."""
    return f"pdfplumber {pdfplumber.__version__}"


def layer_words(source_pdf: str, image: PageImage) -> tuple[Word, ...]:
    """The words of page `image.index`, boxes in pixels of the page as the PDF shows it (turned by `exif_turn_deg`).

    Empty when the page carries none or its layer cannot be parsed.
    """
    try:
        with pdfplumber.open(_one_page(source_pdf, image.index)) as document:
            page = document.pages[0]
            x0, top, x1, bottom = _picture(page) if image.origin is PageOrigin.EMBEDDED else page.bbox
            letters = page.filter(lambda thing: thing["object_type"] != "char" or not thing["text"].isspace())
            found = letters.extract_words(x_tolerance_ratio=_GAP, y_tolerance=3, keep_blank_chars=False, return_chars=True)
    except _UNREADABLE:
        return ()
    width, height = image.width_px, image.height_px
    if image.exif_turn_deg % 180:
        width, height = height, width
    across, down = width / (x1 - x0), height / (bottom - top)
    return tuple(
        Word(
            _text(word),
            Box(
                (word["x0"] - x0) * across,
                (word["top"] - top) * down,
                (word["x1"] - x0) * across,
                (word["bottom"] - top) * down,
            ),
            1.0,
        )
        for word in found
        if word.get("upright", True)
    )


def _text(word: dict[str, Any]) -> str:
    """The letters; those of fonts that draw small letters as capitals (`.VnTimeH`) as capitals, except their codes for marks."""
    text = unicodedata.normalize("NFC", "".join(word["text"].split()))
    drawn = word["chars"][0]["fontname"] if word.get("chars") else ""
    return text.translate(_CAPITALS) if _CAPITAL_FONT.search(drawn) else text


def _one_page(source_pdf: str, index: int) -> io.BytesIO:
    """A PDF of that page alone, its annotations made part of the page."""
    built = io.BytesIO()
    with pikepdf.open(source_pdf) as source, pikepdf.new() as single:
        single.pages.append(source.pages[index])
        single.flatten_annotations("screen")
        single.save(built)
    built.seek(0)
    return built


def _picture(page: pdfplumber.page.Page) -> Rectangle:
    """Where the scan lies on the page: the largest image, or the whole page."""
    places: list[Rectangle] = [(image["x0"], image["top"], image["x1"], image["bottom"]) for image in page.images]
    return max(places, key=lambda place: (place[2] - place[0]) * (place[3] - place[1]), default=page.bbox)
