"""What finding and checking fields can fail at."""

from __future__ import annotations

from ingest.errors import NextStep
from ocr.errors import OcrError


class BadDossierCode(OcrError):
    """A dossier code (mã hồ sơ) that fits none of the three grammars in force, or whose date does not exist."""

    code = "ocr.bad_dossier_code"
    next_step = NextStep.RETRY
    vi = "Mã hồ sơ “{text}” không đúng mẫu hoặc ngày trong mã không có thật. Ví dụ đúng: H56.12-230101-0001."
    en = "Dossier code “{text}” fits no known form, or its date does not exist. A right example: H56.12-230101-0001."


class BadOwnerId(OcrError):
    """An owner id that is no personal number, old ID card, tax code or passport number; the id itself is not repeated."""

    code = "ocr.bad_owner_id"
    next_step = NextStep.RETRY
    vi = "Mã định danh chủ giấy tờ không đúng. Cần 12 số (căn cước), 9 số (CMND), mã số thuế 10 hoặc 13 số, hoặc số hộ chiếu."
    en = "The owner id is wrong. Needed: 12 digits, 9 digits (old card), a tax code (10 or 13 digits) or a passport number."


class BadPaperType(OcrError):
    """A paper type file that cannot be used: broken TOML, unknown keys, a pattern that does not compile, a code used twice."""

    code = "ocr.bad_paper_type"
    next_step = NextStep.ADMIN
    vi = "Tệp mô tả loại giấy tờ “{file}” có lỗi: {why}."
    en = "The paper type file “{file}” is faulty: {why}."


class UnknownPaperType(OcrError):
    """A paper type code that is not in the catalogue."""

    code = "ocr.unknown_paper_type"
    next_step = NextStep.ADMIN
    vi = "Không có loại giấy tờ mang mã “{paper_type}” trong danh mục."
    en = "The catalogue has no paper type with code “{paper_type}”."
