"""The certificate of disposal: as JSON for programs and as a PDF with the agency's signature; and the folder of all certificates.

The folder stands beside the database, and in every folder of backups, so that a database restored from an older backup learns
what was destroyed since.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from api.audit.reports import write_sealed, write_whole
from api.wiring import Sohoa
from ingest.model import ObjectRef, Sha256
from ocr import typeset
from ocr.typeset.model import Align, Facts, Gap, Sheet, Style, Text
from signing.model import Role
from storage.model import Record
from storage.retention import VIETNAM, Disposal

FOLDER = "disposals"
JSON, PDF = "application/json", "application/pdf"
"""Media types of the two."""


def certificate(disposal: Disposal, record: Record, until: str, basis: str) -> dict[str, Any]:
    """What was destroyed, why, by whose word; no name and no number of the person it was about."""
    return {
        "disposal": disposal.id,
        "record": record.code,
        "unit": record.unit,
        "paper_type": record.paper_type,
        "pages": record.pages,
        "stored_at": record.created_at.isoformat(),
        "retained_until": until,
        "basis": basis,
        "reason": disposal.reason,
        "requested_by": disposal.requested_by,
        "requested_at": disposal.requested_at.isoformat(),
        "approved_by": disposal.decided_by,
        "approved_at": disposal.decided_at.isoformat() if disposal.decided_at else "",
        "approval": disposal.decided_reason,
        "removed_at": disposal.aside_at.isoformat() if disposal.aside_at else "",
        "objects": list(disposal.objects),
    }


def store(sohoa: Sohoa, told: dict[str, Any]) -> tuple[ObjectRef, ObjectRef]:
    """Both papers as objects, and as files in the folder beside the database. Equal input is stored once.

    Raises SigningError, PrintFontMissing, ReportNotWritten, StoreUnavailable.
    """
    folder = sohoa.settings.data_dir / FOLDER
    folder.mkdir(exist_ok=True, mode=0o700)
    sheet, file = (folder / f"{told['disposal']}.{kind}" for kind in ("pdf", "json"))
    if file.exists():  # written before a crash, or by the disposal that a restored database has forgotten
        told = json.loads(file.read_bytes())
    if not sheet.exists():
        with tempfile.TemporaryDirectory(dir=sohoa.settings.data_dir / "tmp") as place:
            out = Path(place) / "sheet.pdf"
            level = sohoa.settings.seal.level
            write_sealed(typeset.build(_sheet(sohoa, told)), out, Role.AGENCY, sohoa.signatories, level)
            write_whole(out.read_bytes(), sheet)
    if not file.exists():
        write_whole(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode(), file)
    return sohoa.objects.put_bytes(file.read_bytes(), JSON), sohoa.objects.put_file(sheet, PDF)


def known(folder: Path) -> Iterator[tuple[dict[str, Any], bytes, Path]]:
    """Every certificate in a folder, with its bytes and where its PDF is."""
    for path in sorted((folder / FOLDER).glob("*.json")):
        data = path.read_bytes()
        yield json.loads(data), data, path.with_suffix(".pdf")


def destroyed(folder: Path) -> set[Sha256]:
    """The objects that the certificates in a folder tell of."""
    return {Sha256(one["sha256"]) for told, _, _ in known(folder) for one in told["objects"]}


def hand_on(source: Path, target: Path) -> None:
    """Copy the certificates that `target` lacks."""
    for told, data, sheet in known(source):
        (target / FOLDER).mkdir(parents=True, exist_ok=True)
        to = target / FOLDER / f"{told['disposal']}.json"
        if not to.exists():
            if sheet.exists():
                write_whole(sheet.read_bytes(), to.with_suffix(".pdf"))
            write_whole(data, to)
    os.sync()


def _sheet(sohoa: Sohoa, told: dict[str, Any]) -> Sheet:
    day = _moment(told["approved_at"])
    facts = (
        ("Mã biên bản", told["disposal"]),
        ("Mã kết quả số hóa", told["record"]),
        ("Loại giấy tờ, số trang", f"{told['paper_type']}, {told['pages']} trang"),
        ("Đơn vị", told["unit"]),
        ("Ngày lưu", _moment(told["stored_at"])),
        ("Lưu trữ đến hết", told["retained_until"]),
        ("Căn cứ thời hạn", told["basis"]),
        ("Lý do tiêu hủy", told["reason"]),
        ("Người đề nghị", f"{told['requested_by']}, {_moment(told['requested_at'])}"),
        ("Người duyệt", f"{told['approved_by']}, {day}"),
        ("Ý kiến duyệt", told["approval"]),
        ("Gỡ khỏi kho lúc", _moment(told["removed_at"])),
    )
    lines = [Text(f"{one['sha256']}  {one['size']} byte  {one['media_type']}", Style(7)) for one in told["objects"]]
    return Sheet(
        title="BIÊN BẢN TIÊU HỦY HỒ SƠ SỐ HÓA",
        blocks=(
            Text(sohoa.settings.mark.unit_names.get(told["unit"], told["unit"]), Style(12, bold=True)),
            Gap(5),
            Text("BIÊN BẢN TIÊU HỦY HỒ SƠ SỐ HÓA", Style(14, bold=True, align=Align.CENTRE)),
            Gap(5),
            Facts(facts, label_mm=45, size_pt=11),
            Gap(4),
            Text(f"Đã xóa {len(lines)} tệp (SHA-256):", Style(10, bold=True)),
            *lines,
        ),
        created_at=datetime.fromisoformat(told["removed_at"]).astimezone(VIETNAM),
        author=told["unit"],
        margin_mm=20,
    )


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(VIETNAM):%d/%m/%Y %H:%M}" if text else "–"
