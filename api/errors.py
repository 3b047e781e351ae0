"""The error tree of the doors, and the one place where an error becomes an HTTP answer.

An answer is a problem document (RFC 9457). Which HTTP status an error gets stands in `STATUSES`, as data: the longest
dotted prefix of the error's code rules. Knows no web framework: `api.rest.problems` sends what is made here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.errors import CodedError, NextStep, Param

PROBLEM_MEDIA_TYPE = "application/problem+json"


class ApiError(CodedError):
    """Root of everything a door refuses or fails at."""

    code = "api"
    vi = "Không thực hiện được yêu cầu."
    en = "The request could not be carried out."


class Unauthorized(ApiError):
    """Nobody is signed in, or the token is unknown, expired or revoked."""

    code = "api.unauthorized"
    next_step = NextStep.RETRY
    vi = "Bạn chưa đăng nhập hoặc mã truy cập không còn hiệu lực; hãy đăng nhập lại."
    en = "You are not signed in or the access token is no longer valid; sign in again."


class Forbidden(ApiError):
    """The role of the one who asks does not allow this action."""

    code = "api.forbidden"
    next_step = NextStep.ADMIN
    vi = "Vai trò của bạn không được phép làm việc này ({action})."
    en = "Your role does not allow this action ({action})."


class ForgedRequest(ApiError):
    """A form came without the right anti-forgery token, or from another site (Origin, Host)."""

    code = "api.forged_request"
    next_step = NextStep.RETRY
    vi = "Yêu cầu không đến từ trang này hoặc trang đã để quá lâu; tải lại trang rồi làm lại."
    en = "The request did not come from this page or the page is too old; reload it and try again."


class BadRequest(ApiError):
    """A value of the request is missing or has the wrong form; `where` names it."""

    code = "api.bad_request"
    next_step = NextStep.RETRY
    vi = "Giá trị «{where}» thiếu hoặc sai dạng."
    en = "The value “{where}” is missing or has the wrong form."


class BadRange(ApiError):
    """The asked byte range lies outside the file."""

    code = "api.bad_range"
    next_step = NextStep.RETRY
    vi = "Đoạn yêu cầu nằm ngoài tệp dài {size} byte."
    en = "The range asked for lies outside the file of {size} bytes."


class RequestTooLarge(ApiError):
    """The body of a request is larger than this route takes."""

    code = "api.request_too_large"
    vi = "Nội dung gửi lên lớn hơn mức cho phép; hãy gửi ít tệp hơn mỗi lần."
    en = "The request is larger than allowed; send fewer files at once."


class UploadStalled(ApiError):
    """The sender of a request body said nothing for `seconds`; what had come of it is thrown away."""

    code = "api.upload_stalled"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Bên gửi im lặng quá {seconds} giây nên việc gửi đã dừng; hãy gửi lại."
    en = "The sender was silent for more than {seconds} seconds, so the upload was given up; send it again."


class NoSuchAddress(ApiError):
    """There is no page or route at this address."""

    code = "api.no_such_address"
    next_step = NextStep.GIVE_UP
    vi = "Không có trang này."
    en = "There is no such page."


class WrongMethod(ApiError):
    """The address exists, but not for this HTTP method."""

    code = "api.wrong_method"
    next_step = NextStep.GIVE_UP
    vi = "Địa chỉ này không nhận cách gửi {method}."
    en = "This address does not take {method}."


class Internal(ApiError):
    """Something failed that nobody foresaw; the log holds the details under `reference`."""

    code = "api.internal"
    retryable = True
    next_step = NextStep.ADMIN
    vi = "Có lỗi ngoài dự kiến; báo quản trị viên mã {reference}."
    en = "Something unexpected failed; give the administrator the reference {reference}."


# The longest dotted prefix of an error's code rules; a test checks that every entry still matches an error.
STATUSES: dict[str, int] = {
    "api": 422,
    "api.unauthorized": 401,
    "api.forbidden": 403,
    "api.access.wrong_sign_in": 401,
    "api.access.unfinished": 401,
    "api.access.paused": 429,
    "api.access.too_many_sign_ins": 429,
    "api.access.account_disabled": 403,
    "api.access.one_time_expired": 403,
    "api.access.no_assignment": 403,
    "api.access.not_in_reach": 403,
    "api.access.not_oneself": 403,
    "api.access.second_factor_needed": 409,
    "api.access.account_needed": 403,
    "api.access.login_taken": 409,
    "api.access.password_elsewhere": 409,
    "api.access.duties_apart": 403,
    "api.access.provider_away": 503,
    "api.access.provider_refused": 403,
    "api.access.provider_not_set": 404,
    "api.forged_request": 403,
    "api.bad_range": 416,
    "api.request_too_large": 413,
    "api.upload_stalled": 408,
    "api.no_such_address": 404,
    "api.wrong_method": 405,
    "api.internal": 500,
    "api.unexpected": 500,
    "api.bad_settings": 500,
    "api.file_too_large": 413,
    "api.quota_reached": 429,
    "api.queue_full": 503,
    "api.stopping": 503,
    "api.secret_withheld": 403,
    "api.scanner_busy": 409,
    "api.not_waiting": 409,
    "api.paper_stored": 409,
    "api.paper_closed": 409,
    "api.pages_changed": 409,
    "api.not_held": 409,
    "api.page_coming": 409,
    "api.review.held": 409,
    "api.review.second_person_needed": 403,
    "api.agent_origin_refused": 403,
    "api.agent_declined": 409,
    "api.agent_no_such_key": 404,
    "api.not_awaiting_signature": 409,
    "api.copy_awaits_signature": 409,
    "api.signing_unknown": 404,
    "api.signing_expired": 409,
    "api.signing_used": 409,
    "api.signing_not_yours": 403,
    "api.page_not_shown": 500,
    "api.certification.not_certifiable": 409,
    "api.certification.other_unit": 403,
    "api.certification.same_person": 403,
    "api.certification.same_hand": 403,
    "api.certification.released_by_signing": 409,
    "api.certification.compared_other": 409,
    "api.certification.too_many_lookups": 429,
    "api.dossier.known": 409,
    "api.dossier.closed": 409,
    "api.dossier.component_served": 409,
    "api.dossier.filed_already": 409,
    "api.dossier.filed_by_hand": 409,
    "api.reuse.not_eligible": 409,
    "api.record.ended": 409,
    "api.disposal": 409,
    "api.disposal.reason_missing": 422,
    "api.certification.copy_unsound": 500,
    "ingest": 422,
    "ingest.file_too_large": 413,
    "ingest.scratch_full": 507,
    "ingest.machine_short": 503,
    "ocr": 500,
    "ocr.bad_dossier_code": 422,
    "ocr.bad_owner_id": 422,
    "ocr.engine_missing": 503,
    "signing": 500,
    "signing.certificate_refused": 422,
    "signing.certificate_unreadable": 422,
    "signing.attributes_refused": 422,
    "signing.clock_skewed": 422,
    "signing.token_absent": 503,
    "signing.token_failed": 503,
    "signing.remote_unavailable": 503,
    "signing.key_too_weak": 422,
    "signing.role_refused": 422,
    "signing.signature_mismatch": 422,
    "signing.revocation_stale": 503,
    "signing.revocation_unanswered": 503,
    "signing.timestamp_unavailable": 503,
    "signing.timestamp_pending": 503,
    "storage": 503,
    "storage.bad_catalogue": 500,
    "storage.bad_template": 500,
    "storage.bad_schedule": 500,
    "storage.object_locked": 409,
    "storage.record_disposed": 410,
    "storage.bad_url": 500,
    "storage.object_missing": 404,
    "storage.object_corrupt": 500,
    "storage.full": 507,
    "storage.target_unwritable": 507,
    "storage.unavailable": 503,
    "storage.lease_lost": 409,
    "storage.not_found": 404,
    "storage.conflict": 409,
    "storage.register": 409,
    "storage.register.clock_behind": 503,
}

TITLES: dict[int, tuple[str, str]] = {
    400: ("Yêu cầu không hợp lệ", "Bad request"),
    401: ("Chưa đăng nhập", "Not signed in"),
    403: ("Không được phép", "Not allowed"),
    404: ("Không tìm thấy", "Not found"),
    405: ("Sai cách gửi", "Method not allowed"),
    408: ("Gửi quá lâu", "Request timeout"),
    409: ("Xung đột", "Conflict"),
    410: ("Không còn nữa", "Gone"),
    413: ("Quá lớn", "Too large"),
    416: ("Ngoài phạm vi tệp", "Range not satisfiable"),
    422: ("Không tiếp nhận được", "Could not be accepted"),
    429: ("Quá nhiều yêu cầu", "Too many requests"),
    500: ("Lỗi hệ thống", "Internal error"),
    503: ("Tạm thời chưa phục vụ được", "Temporarily unavailable"),
    507: ("Hết dung lượng", "Storage full"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """An RFC 9457 problem document; the members after `detail` are our extension."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    retryable: bool
    next_step: str
    params: dict[str, Param] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The document as JSON values, in reading order."""
        return {
            "type": self.type,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "retryable": self.retryable,
            "next_step": self.next_step,
            "params": dict(self.params),
        }


def status_of(code: str) -> int:
    """The HTTP status for an error code: that of its longest known dotted prefix, 500 for an unknown one."""
    parts = code.split(".")
    for length in range(len(parts), 0, -1):
        status = STATUSES.get(".".join(parts[:length]))
        if status is not None:
            return status
    return 500


def to_problem(error: CodedError, lang: str = "vi") -> Problem:
    """The problem document for `error`, its sentences in `lang` (`vi` or `en`)."""
    status = status_of(error.code)
    vietnamese, english = TITLES.get(status, TITLES[500])
    return Problem(
        type=f"urn:sohoa:error:{error.code}",
        title=vietnamese if lang == "vi" else english,
        status=status,
        detail=error.message(lang),
        code=error.code,
        retryable=error.retryable,
        next_step=error.next_step.value,
        params=dict(error.params),
    )
