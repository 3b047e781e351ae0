"""Which engine reads: where it can be the one kept in the process, with all lines of a page together; else the program."""

from __future__ import annotations

from ocr.engines import kept
from ocr.engines.kept import KeptEngine
from ocr.engines.tesseract import ProgramEngine
from ocr.engines.together import TogetherEngine
from ocr.engines.words import Engine
from ocr.options import EngineKind


def engine(kind: EngineKind) -> Engine:
    """The engine of that kind; without tesserocr or its data the program."""
    if kind is EngineKind.PROGRAM or not kept.is_there():
        return ProgramEngine()
    return KeptEngine() if kind is EngineKind.LIBRARY else TogetherEngine()
