"""What the national portal is told of a dossier's papers: the members of its sync message with their own names and values.

HoSoDongBoDVC/TaiLieuNop as exchanged by the one-stop systems (domain §7.2): flags 0 and 1, DuocTaiSuDung 0, 1 or 2, times as
yyyyMMddHHmmss in Vietnam's zone, empty text for what there is none of. Nothing is sent from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from api.dossiers.sheet import DossierSheet, Part
from signing.report import VIETNAM
from storage.dossiers import ComponentState, Dossier, DossierState
from storage.model import RecordState


def moment(value: datetime | None) -> str:
    """The time in Vietnam as yyyyMMddHHmmss, or empty."""
    return value.astimezone(VIETNAM).strftime("%Y%m%d%H%M%S") if value else ""


def paper_flags(part: Part) -> dict[str, object]:
    """One TaiLieuNop: what stands for a component. A record that lost its force is told as not digitised, not reused."""
    one = part.component
    stands = part.record is not None and part.record.state is RecordState.IN_FORCE
    reused = one.state is ComponentState.REUSED and stands
    return {
        "MaThanhPhanHoSo": one.code,
        "TenTepDinhKem": f"{one.record}.pdf" if stands else "",
        "DuocSoHoa": int(stands and one.state in {ComponentState.DIGITISED, ComponentState.REUSED}),
        "DuocTaiSuDung": int(one.reuse) if reused else 0,
        "DuocLayTuKhoDMQG": int(one.from_store and reused),
        "MaKetQuaThayThe": one.replacement if reused else "",
        "MaKetQuaSoHoa": one.record if stands else "",
        "NgayTaiSuDung": moment(part.reuse.at) if reused and part.reuse else "",
        "DaHuyBoThayThe": int(part.record is not None and not stands),
    }


def message(sheet: DossierSheet, states: Mapping[DossierState, str]) -> dict[str, object]:
    """The members of HoSoDongBoDVC that digitising knows; `states`: TrangThaiHoSo for each state of ours (DossierOptions)."""
    dossier = sheet.dossier
    papers = [paper_flags(part) for part in sheet.parts]
    return {
        **_head(dossier, states),
        "HoSoCoThanhPhanSoHoa": int(any(paper["DuocSoHoa"] for paper in papers)),
        "TaiLieuNop": papers,
        "DanhSachGiayToKetQua": _results(sheet),
    }


def _head(dossier: Dossier, states: Mapping[DossierState, str]) -> dict[str, object]:
    return {
        "MaHoSo": dossier.code,
        "MaTTHC": dossier.procedure,
        "TenTTHC": dossier.procedure_name,
        "MaLinhVuc": dossier.field,
        "KenhThucHien": str(int(dossier.channel)),
        "ChuHoSo": dossier.owner.name,
        "LoaiDoiTuong": str(int(dossier.owner.kind)),
        "DinhDanhCHS": [{"LoaiDinhDanh": _id_kind(dossier), "SoDinhDanh": dossier.owner.id}] if dossier.owner.id else [],
        "NgayTiepNhan": moment(dossier.received_at),
        "NgayHenTra": moment(dossier.due_at),
        "NgayTra": moment(dossier.resolved_at),
        "TrangThaiHoSo": states.get(dossier.state, ""),
        "DonViXuLy": dossier.unit,
        "TaiKhoanDuocXacThucVoiVNeID": "" if dossier.vneid is None else int(dossier.vneid),
    }


def _id_kind(dossier: Dossier) -> str:
    """LoaiDinhDanh: 1 the 12-digit number, 2 the 9-digit one; empty for others, whose codes were not seen."""
    return {"personal": "1", "old_card": "2"}.get(dossier.owner.id_kind, "")


def _results(sheet: DossierSheet) -> list[dict[str, object]]:
    if sheet.result is None or sheet.result.state is not RecordState.IN_FORCE:
        link = sheet.dossier.result_link
        return [{"TenGiayTo": "", "DuongDanTepTinKetQua": link, "MaGiayToKetQua": ""}] if link else []
    code = sheet.result.code
    return [{"TenGiayTo": sheet.result.title, "DuongDanTepTinKetQua": sheet.dossier.result_link, "MaGiayToKetQua": code}]
