"""What the painter refuses or fails at."""

from __future__ import annotations

from ingest.errors import CodedError, NextStep


class PainterError(CodedError):
    """Root of everything the painter of sample papers fails at."""

    code = "painter"
    next_step = NextStep.ADMIN
    vi = "Không vẽ được giấy tờ mẫu."
    en = "The sample papers could not be painted."


class FontMissing(PainterError):
    """A Liberation font is not installed; Debian and Ubuntu have it in the package fonts-liberation2."""

    code = "painter.font_missing"
    vi = "Không tìm thấy phông chữ {font}. Hãy cài gói fonts-liberation2 rồi chạy lại."
    en = "The font {font} was not found. Install the package fonts-liberation2 and run again."


class UnknownCondition(PainterError):
    """A condition was asked for that the painter does not know; `known` lists those it has."""

    code = "painter.unknown_condition"
    vi = "Không có kiểu làm xấu trang tên là “{name}”. Các kiểu hiện có: {known}."
    en = "There is no page condition named “{name}”. Known conditions: {known}."


class UnknownPaper(PainterError):
    """A kind of paper was asked for that the painter cannot paint; `known` lists those it can."""

    code = "painter.unknown_paper"
    vi = "Không có loại giấy mẫu tên là “{name}”. Các loại hiện có: {known}."
    en = "There is no sample paper named “{name}”. Known papers: {known}."
