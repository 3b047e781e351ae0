"""Tesseract kept in the process, its model loaded once. The only module that imports tesserocr, which may be absent.

Saves the start of a process, the loading of the model and two copies of the image a page. The language data are those of the
installed Tesseract; the library comes with tesserocr and may be newer than the program. Native code: only for child
processes that may die (`ingest.sandbox`), or for one command on its user's own files.
"""

from __future__ import annotations

import re
import subprocess
import threading
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ocr.engines.words import PAGE, RawWord, words_of
from ocr.errors import EngineFailed, EngineMissing, PageTimeout
from ocr.network.strip import Edges, Strip, marks_beside
from ocr.prepare.decode import Grey
from ocr.prepare.ground import black_and_white

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tesserocr import PyResultIterator, PyTessBaseAPI

_DETECT_ONLY = 0
_BLOCK, _LINE, _WORD, _BLOB = 0, 2, 3, 4
"""Levels of what a page is made of."""
_MARGIN_PX = 4
"""Surroundings of a piece of a line that are read along."""
_DOWNWARDS = 2
"""Direction of writing from top to bottom."""
_OWN = threading.local()
"""One engine a thread and language: Tesseract's objects are not shared."""


@cache
def is_there() -> bool:
    """Whether tesserocr is installed and finds language data to read with."""
    try:
        import tesserocr  # noqa: F401, PLC0415 - optional
    except ImportError:
        return False
    return data_folder() != ""


@cache
def data_folder() -> str:
    """The folder of the installed Tesseract's language data, as the program itself tells; empty without the program."""
    try:
        told = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=False, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return ""
    found = re.search(r'"(.+)"', told.stdout + told.stderr)
    return found.group(1) if found else ""


class KeptEngine:
    """Behind the port of `ocr.engines.words`; the models stay in memory (70 MB) as long as the thread."""

    def name(self) -> str:
        """`tesseract` with the version of the library."""
        import tesserocr  # noqa: PLC0415 - optional

        found = re.search(r"tesseract (\S+)", str(tesserocr.tesseract_version()))
        return f"tesseract {found.group(1)}" if found else "tesseract"

    def read(self, grey: Grey, dpi: float, language: str, seconds: float, segmentation: int = PAGE) -> tuple[RawWord, ...]:
        """The words of `grey` in the engine's order. Raises EngineMissing, EngineFailed, PageTimeout."""
        engine = _engine(language)
        try:
            _show(engine, grey, dpi, segmentation)
            if not engine.Recognize(max(round(seconds * 1000), 1)):
                raise PageTimeout(seconds=round(seconds))
            return words_of(str(engine.GetTSVText(0)).splitlines())
        except RuntimeError as error:
            raise EngineFailed from error
        finally:
            engine.Clear()

    def strips(self, grey: Grey, dpi: float, language: str, segmentation: int = PAGE) -> list[Strip]:
        """The pieces of lines that layout analysis finds, in reading order and cut as for recognition; raises as `read` does."""
        engine = _engine(language)
        try:
            _show_ink(engine, grey, dpi, segmentation)
            found = engine.GetIterator() if engine.AnalyseLayout(merge_similar_words=True) is not None else None
            return [] if found is None else list(_strips(found, grey))
        except RuntimeError as error:
            raise EngineFailed from error
        finally:
            engine.Clear()

    def upright_turn(self, grey: Grey, dpi: float, seconds: float) -> int | None:  # noqa: ARG002 - bounded by the box
        """The clockwise quarter turn that Tesseract's orientation detection proposes, or None when it sees too little text."""
        engine = _engine("osd")
        try:
            _show(engine, grey, dpi, _DETECT_ONLY)
            found = engine.DetectOrientationScript()
        except RuntimeError as error:
            raise EngineFailed from error
        finally:
            engine.Clear()
        return -int(found["orient_deg"]) % 360 if found else None


def warm(language: str) -> None:
    """Load the model of `language` before the first page, if it can be; for a process that others are forked from."""
    if is_there():
        _engine(language)


def _engine(language: str) -> PyTessBaseAPI:
    import tesserocr  # noqa: PLC0415 - optional

    engines: dict[str, PyTessBaseAPI] = _OWN.__dict__.setdefault("engines", {})
    if language not in engines:
        tesserocr.set_leptonica_log_level(tesserocr.LeptLogLevel.NONE)  # it complains about empty boxes on the user's screen
        try:
            engines[language] = tesserocr.PyTessBaseAPI(path=data_folder(), lang=language)
        except RuntimeError as error:
            raise EngineMissing(what=f"tesseract-ocr-{language}") from error
        engines[language].SetVariable("debug_file", "/dev/null")
        # letters of one width are looked for to part words; the network does that, and looking costs a tenth of the layout
        engines[language].SetVariable("textord_all_prop", "1")
    return engines[language]


def _show(engine: PyTessBaseAPI, grey: Grey, dpi: float, segmentation: int) -> None:
    height, width = grey.shape
    engine.SetPageSegMode(segmentation)
    engine.SetImageBytes(grey.tobytes(), width, height, 1, width)
    engine.SetSourceResolution(round(dpi))


def _show_ink(engine: PyTessBaseAPI, grey: Grey, dpi: float, segmentation: int) -> None:
    """Black and white as Tesseract itself would make it (Otsu), in a third of the time."""
    white = np.packbits(black_and_white(grey), axis=1)
    engine.SetPageSegMode(segmentation)
    engine.SetImageBytes(white.tobytes(), grey.shape[1], grey.shape[0], 0, white.shape[1])
    engine.SetSourceResolution(round(dpi))


def _strips(found: PyResultIterator, grey: Grey) -> Iterator[Strip]:
    """The pieces of a page; Tesseract's own margins and heights of lines (`LSTMRecognizeWord`, `GetRectImage`)."""
    found.SetBoundingBoxComponents(include_upper_dots=True, include_lower_dots=True)  # marks belong to a piece
    block = line = 0
    there = True
    while there:
        if found.IsAtBeginningOf(_BLOCK):
            block, line = block + 1, 0
        if found.IsAtBeginningOf(_LINE):
            line += 1
        ink = found.BoundingBox(_WORD)
        orientation, direction, *_ = found.Orientation()
        quarters = 1 if direction == _DOWNWARDS else orientation  # the side that tops of letters lie on: up, right, down, left
        edges = ink and _edges(ink if quarters else _as_high_as_its_line(ink, found), *grey.shape)
        blobs: list[Edges] = []
        while True:
            blob = found.BoundingBox(_BLOB)
            if blob:
                blobs.append(blob)
            there = bool(found.Next(_BLOB))
            if not there or found.IsAtBeginningOf(_WORD):
                break
        if edges and edges[0] < edges[2] and edges[1] < edges[3]:
            yield Strip(edges, quarters, (block, 1, line), [*blobs, *marks_beside(grey, ink, blobs)])


def _as_high_as_its_line(ink: Edges, found: PyResultIterator) -> Edges:
    """A piece with room for what letters of its line reach up and down."""
    base, row = found.Baseline(_WORD), found.RowAttributes()
    if not base or not row:
        return ink
    left, top, right, bottom = ink
    middle, below = (base[0][1] + base[1][1]) / 2, row["descenders"]
    return left, min(top, int(middle - row["row_height"] - below)), right, max(bottom, int(middle - below))


def _edges(box: Edges, height: int, width: int) -> Edges:
    left, top, right, bottom = box
    return max(left - _MARGIN_PX, 0), max(top - _MARGIN_PX, 0), min(right + _MARGIN_PX, width), min(bottom + _MARGIN_PX, height)
