"""Imported by the process that reading processes are forked from: they find the model and the statistics loaded, once for all."""

from __future__ import annotations

from ocr.engines import together
from ocr.language.lexicon import lexicon
from ocr.language.variants import variants
from ocr.options import ReadOptions

together.warm(ReadOptions().language)
variants("an", lexicon())
