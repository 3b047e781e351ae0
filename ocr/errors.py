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
    environment = True
    vi = "Máy chưa cài bộ nhận dạng chữ: {what}. Chạy `sohoa doctor` để biết cách cài."
    en = "The recognition engine is not installed: {what}. Run `sohoa doctor` to see how to install it."


class EngineFailed(OcrError):
    """Tesseract stopped with an error on this page."""

    code = "ocr.engine_failed"
    next_step = NextStep.RETRY
    retryable = True
    vi = "Bộ nhận dạng chữ dừng lại vì lỗi ở trang này. Hãy thử lại; nếu vẫn lỗi, hãy quét lại trang."
    en = "The recognition engine stopped with an error on this page. Retry; if it fails again, rescan the page."


class PageTimeout(OcrError):
    """Reading one page took longer than allowed."""

    code = "ocr.page_timeout"
    next_step = NextStep.RETRY
    retryable = True
    vi = "Nhận dạng một trang quá {seconds} giây nên đã dừng. Hãy thử lại; nếu vẫn quá lâu, hãy quét lại trang."
    en = "Reading one page took more than {seconds} seconds and was stopped. Retry; if it still takes too long, rescan the page."


class PageUnreadable(OcrError):
    """The image of a page cannot be decoded."""

    code = "ocr.page_unreadable"
    next_step = NextStep.REPLACE
    vi = "Không mở được ảnh của trang. Hãy quét lại trang này."
    en = "The image of the page cannot be opened. Rescan this page."


class GazetteerUnreadable(OcrError):
    """A file of names that the administrator added is missing, no UTF-8, or has a line that is no kind and name."""

    code = "ocr.gazetteer_unreadable"
    next_step = NextStep.ADMIN
    retryable = True
    environment = True
    vi = "Không đọc được danh mục tên «{path}» (dòng {line}). Mỗi dòng: loại (place, commune hoặc phrase), dấu tab, tên."
    en = "The list of names “{path}” cannot be read (line {line}). Each line: kind (place, commune or phrase), a tab, the name."


class LexiconUnreadable(OcrError):
    """The folder of syllable statistics that the settings name is missing or damaged."""

    code = "ocr.lexicon_unreadable"
    next_step = NextStep.ADMIN
    retryable = True
    environment = True
    vi = "Không đọc được thống kê âm tiết ở «{path}». Hãy chạy lại `sohoa lexicon rebuild` hoặc bỏ SOHOA_READ__LEXICON."
    en = "The syllable statistics in “{path}” cannot be read. Run `sohoa lexicon rebuild` again or unset SOHOA_READ__LEXICON."


class PdfNotWritten(OcrError):
    """The searchable PDF cannot be written, for instance because the disk is full."""

    code = "ocr.pdf_not_written"
    next_step = NextStep.ADMIN
    retryable = True
    vi = "Không ghi được tệp PDF. Hãy báo người quản trị kiểm tra dung lượng và quyền ghi của ổ đĩa."
    en = "The PDF could not be written. Ask the administrator to check free space and write permission of the disk."


class PrintFontMissing(OcrError):
    """A Liberation font, which printed pages are set in, is not installed."""

    code = "ocr.print_font_missing"
    next_step = NextStep.ADMIN
    retryable = True
    environment = True
    vi = "Máy chưa cài phông chữ {font} dùng để in. Hãy báo người quản trị cài gói fonts-liberation2."
    en = "The font {font}, which pages are printed in, is not installed. Ask the administrator to install fonts-liberation2."
