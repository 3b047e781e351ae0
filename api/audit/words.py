"""Words of audits in both languages."""

from __future__ import annotations

_WORDS: dict[str, tuple[str, str]] = {
    "columns": (
        "Tệp|Kết luận|ETSI|Mã chi tiết|Toàn vẹn|Số chữ ký|Người ký|Vai|Thời điểm ký|Lý do|SHA-256|Số byte|Kiểm tra lúc",
        "File|Conclusion|ETSI|Detail code|Integrity|Signatures|Signers|Roles|Signed at|Why|SHA-256|Bytes|Checked at",
    ),
    "error": ("Không kiểm tra được", "Could not be checked"),
    "not_as_recorded": ("Không khớp với dữ liệu đã ghi", "Not as recorded"),
    "role_personal": ("cá nhân", "personal"),
    "role_agency": ("cơ quan", "agency"),
    "role_unknown": ("chưa rõ", "unknown"),
    "time_timestamp": ("dấu thời gian", "time-stamp"),
    "time_claimed": ("tự khai", "claimed"),
    "time_none": ("không rõ", "unknown"),
    "title": ("Báo cáo kiểm tra hàng loạt", "Batch verification report"),
    "all_passed": ("Tất cả đều hợp lệ", "All valid"),
    "nothing": ("Không có tệp nào để kiểm tra", "There was nothing to check"),
    "some_failed": ("Có {count} tệp không hợp lệ", "{count} files are not valid"),
    "some_errors": ("Có {count} tệp không kiểm tra được", "{count} files could not be checked"),
    "some_undecided": ("Có {count} tệp không thể kết luận", "{count} files cannot be decided"),
    "what": ("Phạm vi", "Scope"),
    "files": ("Số tệp", "Files"),
    "counts": (
        "{passed} hợp lệ, {indeterminate} không thể kết luận, {failed} không hợp lệ, {errors} không kiểm tra được",
        "{passed} valid, {indeterminate} undecided, {failed} not valid, {errors} not checked",
    ),
    "started": ("Bắt đầu", "Started"),
    "finished": ("Kết thúc", "Finished"),
    "trust": ("Gốc tin cậy đã dùng", "Trusted roots used"),
    "trust_none": ("chưa có chứng thư gốc nào", "no root certificate yet"),
    "ledger": ("Sổ nhật ký", "Ledger"),
    "ledger_whole": ("nguyên vẹn, {entries} dòng", "whole, {entries} entries"),
    "ledger_broken": ("KHÔNG nguyên vẹn: dòng {seq} {fault}", "BROKEN: entry {seq} {fault}"),
    "passed_over": ("Không xét", "Not looked at"),
    "table_head": ("Tệp|Kết luận|Lý do", "File|Conclusion|Why"),
    "more": ("… và {count} tệp khác, xem {file}.", "… and {count} more, see {file}."),
    "hash": ("Bảng kết quả {file}, SHA-256 {sha256}", "Table of results {file}, SHA-256 {sha256}"),
    "LEDGER_SILENT": (
        "Sổ nhật ký không ghi nhận tệp này.",
        "The ledger says nothing of this file.",
    ),
    "LEDGER_DIFFERS": (
        "Giá trị băm trong dữ liệu khác với sổ nhật ký ({ledger}…).",
        "The recorded hash differs from that in the ledger ({ledger}…).",
    ),
    "folder": ("Thư mục {names}", "Folder {names}"),
    "range": ("Hồ sơ lưu từ {first} đến {last}", "Records stored from {first} to {last}"),
    "book": ("Quyển {book}", "Book {book}"),
    "sent": ("{count} tệp được gửi lên", "{count} files sent"),
    "chain": ("Toàn bộ sổ nhật ký", "The whole ledger"),
    "no_anchor": ("chưa có mốc neo nào", "no anchor yet"),
    "anchors": ("{count} mốc neo, {doubtful} chưa kiểm tra được đến cùng", "{count} anchors, {doubtful} not checked to the end"),
    "anchors_lost": ("{count} mốc neo bị mất hoặc bị sửa", "{count} anchors lost or altered"),
}


def say(name: str, lang: str, /, **values: object) -> str:
    """The words called `name` with `values` filled in."""
    return _WORDS[name][1 if lang == "en" else 0].format(**values)
