"""What a disposal is refused for."""

from __future__ import annotations

from api.errors import ApiError
from ingest.errors import NextStep


class StillRetained(ApiError):
    """The term of the record is not over: it is kept until `until` (or permanently)."""

    code = "api.disposal.still_retained"
    next_step = NextStep.GIVE_UP
    vi = "Hồ sơ còn trong thời hạn lưu trữ (đến hết {until}); chưa được tiêu hủy."
    en = "The record's retention period is not over ({until}); it may not be disposed of."


class TermUnverified(ApiError):
    """Nobody has compared the retention period of this paper type (`paper_type`) with the law."""

    code = "api.disposal.term_unverified"
    next_step = NextStep.ADMIN
    vi = "Thời hạn lưu trữ của loại «{paper_type}» chưa được cơ quan xác nhận (SOHOA_RETENTION__SCHEDULE); chưa được tiêu hủy."
    en = "The retention period of “{paper_type}” is not verified (SOHOA_RETENTION__SCHEDULE); nothing may be disposed of."


class UnderHold(ApiError):
    """A legal hold stands on the record, for `reason`."""

    code = "api.disposal.under_hold"
    next_step = NextStep.GIVE_UP
    vi = "Hồ sơ đang bị giữ theo yêu cầu pháp lý («{reason}»); không được tiêu hủy."
    en = "The record is under a legal hold (“{reason}”); it may not be disposed of."


class StillNeeded(ApiError):
    """Something in force depends on the record: `by` names a certified copy or the dossier that reuses it."""

    code = "api.disposal.still_needed"
    next_step = NextStep.GIVE_UP
    vi = "Hồ sơ còn được dùng ({by}); không được tiêu hủy."
    en = "The record is still depended on ({by}); it may not be disposed of."


class DisposalAsked(ApiError):
    """The record has a disposal already, or a decision on it was made meanwhile."""

    code = "api.disposal.asked"
    next_step = NextStep.RETRY
    vi = "Hồ sơ đã có yêu cầu tiêu hủy, hoặc yêu cầu đã được người khác xử lý; tải lại trang."
    en = "The record has a disposal already, or somebody else decided on it; reload the page."


class DisposalReasonMissing(ApiError):
    """A disposal, its refusal and a legal hold each need a reason."""

    code = "api.disposal.reason_missing"
    next_step = NextStep.RETRY
    vi = "Phải ghi lý do."
    en = "A reason is needed."
