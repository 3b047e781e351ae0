"""Tesseract as a program, a process a call. The only module that imports pytesseract.

The engine that works wherever Tesseract is installed; `ocr.engines.kept` is the same engine kept in the process. One thread:
pages run in parallel, not the inside of a page. The resolution is always passed, because pytesseract drops it and Tesseract
then guesses (measured: four times the errors).
"""

from __future__ import annotations

import os
import re
import tempfile
from functools import cache
from pathlib import Path

import pytesseract
from PIL import Image

from ocr.engines.words import PAGE, RawWord, words_of
from ocr.errors import EngineFailed, EngineMissing, PageTimeout
from ocr.prepare.decode import Grey


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


class ProgramEngine:
    """Behind the port of `ocr.engines.words`."""

    def name(self) -> str:
        """`tesseract` with the version of the program; raises EngineMissing."""
        return f"tesseract {version()}"

    def read(self, grey: Grey, dpi: float, language: str, seconds: float, segmentation: int = PAGE) -> tuple[RawWord, ...]:
        """The words of `grey` in the engine's order. Raises EngineMissing, EngineFailed, PageTimeout."""
        return words_of(_run(grey, f"--psm {segmentation} --dpi {round(dpi)}", "tsv", language, seconds).splitlines())

    def upright_turn(self, grey: Grey, dpi: float, seconds: float) -> int | None:
        """The clockwise quarter turn that Tesseract's orientation detection proposes, or None when it sees too little text."""
        try:
            report = _run(grey, f"--psm 0 --dpi {round(dpi)}", "osd", "osd", seconds)
        except EngineFailed:  # "Too few characters"
            return None
        found = re.search(r"^Rotate: (\d+)$", report, re.MULTILINE)
        return int(found.group(1)) % 360 if found else None


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
