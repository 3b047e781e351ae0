"""Which engine reads: the one kept in the process where it can be, else the program."""

from __future__ import annotations

from ocr.engines import kept
from ocr.engines.kept import KeptEngine
from ocr.engines.tesseract import ProgramEngine
from ocr.engines.words import Engine
from ocr.options import EngineKind


def engine(kind: EngineKind) -> Engine:
    """The engine of that kind; `auto` falls back to the program where tesserocr or its data are missing."""
    if kind is EngineKind.PROGRAM or not kept.is_there():
        return ProgramEngine()
    return KeptEngine()
