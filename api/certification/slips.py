"""What the person at the counter takes home on paper: the receipt with fee and deadline, or the refusal with its ground.

A refusal is given in writing with its reason (Decree 23/2015 Art. 8-9); when the result cannot be given on the same day, a
slip names the day (Circular 01/2020/TT-BTP Art. 2).
"""

from __future__ import annotations

from pathlib import Path

from api.views.base import mask_id
from ocr import typeset
from ocr.typeset.model import Align, Columns, Facts, Gap, Sheet, Style, Text
from signing.grounds import grounds
from signing.report import VIETNAM
from storage.registers import Certification

_TITLE = Style(size_pt=14, bold=True, align=Align.CENTRE)
_NAME = Style(size_pt=12, bold=True)
_BODY = Style(size_pt=12, leading=1.35)
_SIGNER = Style(size_pt=11, bold=True, align=Align.CENTRE)


def slip(certification: Certification, agency: str) -> Sheet:
    """The refusal of a refused request, else the receipt."""
    refused = certification.ending is not None and bool(certification.ending.grounds)
    title = "THÔNG BÁO TỪ CHỐI CHỨNG THỰC" if refused else "PHIẾU TIẾP NHẬN VÀ HẸN TRẢ KẾT QUẢ CHỨNG THỰC"
    at = certification.ending.at if refused and certification.ending else certification.requested_at
    return Sheet(
        title=title,
        blocks=(
            Text(agency, _NAME),
            Gap(6),
            Text(title, _TITLE),
            Gap(5),
            Facts(_asked(certification), label_mm=52, size_pt=12),
            Gap(3),
            *(_refusal(certification) if refused else _receipt(certification)),
            Gap(8),
            Columns(((Text("NGƯỜI YÊU CẦU", _SIGNER),), (Text("NGƯỜI TIẾP NHẬN", _SIGNER),))),
        ),
        created_at=at.astimezone(VIETNAM),
        author=agency,
        margin_mm=20,
        numbered=False,
    )


def write(certification: Certification, agency: str, out: Path) -> None:
    """The slip as PDF/A-2b. Raises PrintFontMissing, PdfNotWritten."""
    typeset.write(slip(certification, agency), out)


def _asked(one: Certification) -> tuple[tuple[str, str], ...]:
    at = one.requested_at.astimezone(VIETNAM)
    return (
        ("Mã yêu cầu", one.id),
        ("Người yêu cầu", f"{one.request.requester_name}, giấy tờ số {mask_id(one.request.requester_id)}"),
        ("Bản chính", one.title),
        ("Số bản, số trang", f"{one.request.copies} bản, mỗi bản {one.request.pages} trang"),
        ("Tiếp nhận lúc", f"{at:%H:%M} ngày {at:%d/%m/%Y}"),
    )


def _receipt(one: Certification) -> tuple[Text | Facts | Gap, ...]:
    rows = [("Phí", f"{one.request.fee_vnd:,} đồng".replace(",", ".")), ("Trả kết quả", f"ngày {one.request.due_on:%d/%m/%Y}")]
    if one.request.extension_days:
        rows.append(("Lý do hẹn thêm", one.request.extension_reason))
    rows.append(("Nơi nhận kết quả", one.request.deliver_to or "Kho quản lý dữ liệu điện tử của cá nhân"))
    return (Facts(tuple(rows), label_mm=52, size_pt=12),)


def _refusal(one: Certification) -> tuple[Text | Facts | Gap, ...]:
    ending, known = one.ending, grounds()
    if ending is None:
        return ()
    listed = tuple(Text(f"{known[code].vi} ({known[code].basis})", _BODY, indent_mm=6, hanging="-") for code in ending.grounds)
    return (Text("Cơ quan từ chối chứng thực vì:", _BODY), *listed, Gap(2), Text(f"Lý do cụ thể: {ending.reason}", _BODY))
