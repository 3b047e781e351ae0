"""A report as rows for a spreadsheet."""

from __future__ import annotations

import io

from api.reports.counting import Report
from api.spreadsheet import write_rows
from api.views.reports import ActivityView, ReportView

HEAD = {
    "vi": ("Kỳ", "Đơn vị", "Mã", "Chỉ số", "Tử số", "Mẫu số", "Tỷ lệ %", "Điểm", "Điểm tối đa"),
    "en": ("Period", "Unit", "Code", "Indicator", "Numerator", "Denominator", "Percent", "Points", "Points at most"),
}
DONE = {
    "vi": {
        "dossiers": "Hồ sơ tiếp nhận",
        "late": "Hồ sơ trễ hạn",
        "late_with_reason": "Trễ hạn có nêu lý do",
        "records": "Giấy tờ đã số hóa",
        "pages": "Trang đã số hóa",
        "reuses": "Giấy tờ không phải nộp lại",
    },
    "en": {
        "dossiers": "Dossiers received",
        "late": "Late dossiers",
        "late_with_reason": "Late with a reason",
        "records": "Papers digitised",
        "pages": "Pages digitised",
        "reuses": "Papers not handed in again",
    },
}
ALL_UNITS = {"vi": "Tất cả", "en": "All"}


def csv_of(report: Report, lang: str) -> bytes:
    """The report as CSV that spreadsheet programs open rightly: an indicator of a unit a row, then what was done."""
    view = ReportView.of(report, lang)
    rows: list[tuple[object, ...]] = []
    for part in (view.total, *view.units):
        unit = part.unit or ALL_UNITS[lang]
        for one in part.indicators:
            shares = ["N/A" if value is None else value for value in (one.percent, one.points)]
            rows.append((view.period, unit, one.code, one.name, one.numerator, one.denominator, *shares, one.points_max))
        rows += [(view.period, unit, "", DONE[lang][name], getattr(part.activity, name)) for name in ActivityView.model_fields]
    out = io.StringIO(newline="")
    write_rows(out, HEAD[lang], rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "backslashreplace")
