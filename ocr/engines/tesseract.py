"""Tesseract behind one narrow function. The only module that imports pytesseract.

One process per page with one thread: pages run in parallel, not the inside of a page. The resolution is always passed,
because pytesseract drops it and Tesseract then guesses (measured: four times the errors).
"""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytesseract
from PIL import Image

from ocr.errors import EngineFailed, EngineMissing, PageTimeout
from ocr.model import Box
from ocr.prepare.decode import Grey

PSM = 3
"""Fully automatic segmentation: best of 1, 3, 4, 6, 11 on real pages."""


@dataclass(frozen=True, slots=True)
class RawWord:
    """A word as the engine gave it; `line` is the engine's own key of its line; box in reading pixels."""

    text: str
    box: Box
    confidence: float
    line: tuple[int, int, int]


@cache
def version() -> str:
    """The version of the installed Tesseract, e.g. `5.3.0`; raises EngineMissing."""
    try:
        return str(pytesseract.get_tesseract_version())
    except (OSError, SystemExit) as error:
        raise EngineMissing(what="tesseract-ocr") from error


def languages() -> tuple[str, ...]:
    """The installed language data, sorted, e.g. ("eng", "osd", "vie"); raises EngineMissing."""
    try:
        return tuple(sorted(pytesseract.get_languages()))
    except OSError as error:
        raise EngineMissing(what="tesseract-ocr") from error


def read(grey: Grey, dpi: float, language: str, seconds: float) -> tuple[RawWord, ...]:
    """The words of a prepared grey image in the engine's order.

    Raises EngineMissing, EngineFailed, and PageTimeout after `seconds`.
    """
    rows = _run(grey, f"--psm {PSM} --dpi {round(dpi)}", "tsv", language, seconds).splitlines()
    return tuple(word for row in rows[1:] if (word := _word(row.split("\t"))))


def upright_turn(grey: Grey, dpi: float, seconds: float) -> int | None:
    """The clockwise quarter turn that Tesseract's orientation detection proposes, or None when it sees too little text."""
    try:
        report = _run(grey, f"--psm 0 --dpi {round(dpi)}", "osd", "osd", seconds)
    except EngineFailed:  # "Too few characters"
        return None
    found = re.search(r"^Rotate: (\d+)$", report, re.MULTILINE)
    return int(found.group(1)) % 360 if found else None


def _word(row: list[str]) -> RawWord | None:
    if len(row) != 12 or row[0] != "5":
        return None
    text = unicodedata.normalize("NFC", "".join(row[11].split()))
    left, top, width, height = (float(figure) for figure in row[6:10])
    confidence = min(max(float(row[10]) / 100, 0.0), 1.0)
    line = (int(row[2]), int(row[3]), int(row[4]))
    return RawWord(text, Box(left, top, left + width, top + height), confidence, line) if text else None


def _run(grey: Grey, config: str, extension: str, language: str, seconds: float) -> str:
    os.environ["OMP_THREAD_LIMIT"] = "1"
    with tempfile.TemporaryDirectory(prefix="sohoa-read-") as folder:
        source = Path(folder, "page.pgm")  # uncompressed: pytesseract would spend 0.1 s on a PNG
        Image.fromarray(grey).save(source, format="PPM")
        try:
            return str(
                pytesseract.pytesseract.run_and_get_output(
                    str(source), extension=extension, lang=language, config=_tsv(config, extension), timeout=seconds
                )
            )
        except pytesseract.TesseractNotFoundError as error:
            raise EngineMissing(what="tesseract-ocr") from error
        except pytesseract.TesseractError as error:
            raise _failure(str(error.message), language) from error
        except RuntimeError as error:
            raise PageTimeout(seconds=round(seconds)) from error


def _tsv(config: str, extension: str) -> str:
    return f"{config} -c tessedit_create_tsv=1" if extension == "tsv" else config


def _failure(message: str, language: str) -> EngineMissing | EngineFailed:
    if "Error opening data file" in message or "Failed loading language" in message:
        return EngineMissing(what=f"tesseract-ocr-{language}")
    return EngineFailed()
