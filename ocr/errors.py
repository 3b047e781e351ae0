"""The error tree of `ocr`."""

from __future__ import annotations

from ingest.errors import CodedError, NextStep


class OcrError(CodedError):
    """Root of everything `ocr` fails at."""

    code = "ocr"
    vi = "Không nhận dạng được trang."
    en = "The page could not be recognised."


class EngineMissing(OcrError):
    """Tesseract or its Vietnamese data is not installed."""

    code = "ocr.engine_missing"
    next_step = NextStep.ADMIN
    retryable = True
    vi = "Máy chưa cài bộ nhận dạng chữ: {what}. Chạy `sohoa doctor` để biết cách cài."
    en = "The recognition engine is not installed: {what}. Run `sohoa doctor` to see how to install it."
