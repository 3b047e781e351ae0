"""What the joined parts refuse: errors of intake, review and steps that no single room could raise."""

from __future__ import annotations

from api.errors import ApiError
from ingest.errors import NextStep


class HashMismatch(ApiError):
    """The bytes that arrived are not the bytes that were announced."""

    code = "api.hash_mismatch"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Tệp nhận được không khớp mã băm đã báo; hãy gửi lại."
    en = "The bytes that arrived do not match the announced hash; send the file again."


class FileTooLarge(ApiError):
    """An upload is larger than the limit."""

    code = "api.file_too_large"
    vi = "Tệp lớn hơn giới hạn {limit_mib} MiB."
    en = "The file is larger than the limit of {limit_mib} MiB."


class EmptyFile(ApiError):
    """An upload has no bytes."""

    code = "api.file_empty"
    vi = "Tệp rỗng (0 byte); hãy quét lại."
    en = "The file is empty (0 bytes); scan it again."


class NotWaiting(ApiError):
    """The paper does not wait for a decision."""

    code = "api.not_waiting"
    next_step = NextStep.GIVE_UP
    vi = "Giấy tờ này không ở trạng thái chờ xác nhận."
    en = "This paper does not wait for confirmation."


class UnknownField(ApiError):
    """A decision names a field the paper type does not have."""

    code = "api.unknown_field"
    vi = "Loại giấy tờ này không có trường «{field}»."
    en = "This paper type has no field “{field}”."


class BadValue(ApiError):
    """A value given for a field cannot be right."""

    code = "api.bad_value"
    next_step = NextStep.RETRY
    vi = "Ngày ở trường «{field}» không có thật hoặc sai dạng. Ví dụ đúng: 31/01/2025. Quay lại để sửa. ({field_en})"
    en = "The date in field “{field_en}” does not exist or has the wrong form. A right one: 31/01/2025. ({field})"


class ReasonMissing(ApiError):
    """Giving up needs a reason."""

    code = "api.reason_missing"
    vi = "Phải ghi lý do khi bỏ một giấy tờ."
    en = "Giving up a paper needs a reason."


class SignatureBroken(ApiError):
    """A signed PDF was changed after signing, or its signature is wrong (domain 5.4: refuse and tell the sender)."""

    code = "api.signature_broken"
    vi = "Chữ ký số trong tệp không hợp lệ ({why}): tệp có thể đã bị sửa sau khi ký. Đề nghị người nộp gửi lại bản đúng."
    en = "A digital signature in the file is not valid ({why}): the file may have been changed after signing."


class PaperBlank(ApiError):
    """Every page of a paper is blank."""

    code = "api.paper_blank"
    vi = "Mọi trang của giấy tờ này đều trắng; kiểm tra xem có đặt ngược giấy khi quét không."
    en = "Every page of this paper is blank; check whether it was scanned upside down."


class PaperUnreadable(ApiError):
    """Nothing sure could be read: another script, or a scan too poor."""

    code = "api.paper_unreadable"
    vi = "Không đọc được chữ trên giấy tờ này (độ tin cậy {percent} %): có thể không phải tiếng Việt hoặc bản quét quá mờ."
    en = "The text of this paper could not be read (confidence {percent} %): not Vietnamese, or too poor a scan."


class FieldsUndecided(ApiError):
    """Required fields were not sure enough to be decided automatically."""

    code = "api.fields_undecided"
    vi = "Có {count} trường bắt buộc chưa chắc chắn, cần người xác nhận."
    en = "{count} required fields are not sure enough; a person must confirm."


class OnlySeparators(ApiError):
    """A file holds separator sheets and nothing else."""

    code = "api.only_separators"
    vi = "Tệp chỉ có tờ phân cách, không có trang giấy tờ nào."
    en = "The file holds separator sheets only, no page of any paper."


class SameFile(ApiError):
    """The file given in place of another one is that very file."""

    code = "api.same_file"
    vi = "Tệp thay thế giống hệt tệp cũ; hãy quét lại rồi gửi bản mới."
    en = "The replacement is the very same file; scan again and send the new one."


class ReplaceWouldDouble(ApiError):
    """Other papers of the same file are done already; a new file would digitise them again."""

    code = "api.replace_would_double"
    next_step = NextStep.GIVE_UP
    vi = "Tệp này còn giấy tờ khác đã số hóa xong. Hãy bỏ giấy tờ bị lỗi, rồi quét riêng giấy tờ đó."
    en = "Other papers of this file are done. Give up the failed paper, then scan that paper by itself."


class AlreadyGivenUp(ApiError):
    """The paper was given up; nothing is done with it any more."""

    code = "api.already_given_up"
    next_step = NextStep.GIVE_UP
    vi = "Giấy tờ này đã bị bỏ, không xử lý tiếp."
    en = "This paper was given up; nothing more is done with it."


class WorkerLost(ApiError):
    """Every worker that took this step ended without an answer (killed, out of memory)."""

    code = "api.worker_lost"
    next_step = NextStep.RETRY
    vi = "Bộ xử lý dừng đột ngột {attempts} lần khi làm bước này; có thể giấy tờ quá lớn hoặc máy thiếu bộ nhớ."
    en = "Workers ended {attempts} times while doing this step; the paper may be too large or memory too small."


class StepUnexpected(ApiError):
    """A step failed in a way nobody foresaw; the log has the details under the step's id."""

    code = "api.unexpected"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Lỗi ngoài dự kiến ({kind}); chi tiết ở nhật ký hệ thống, mã {step}."
    en = "Unexpected failure ({kind}); details are in the system log under {step}."


class ReportNotWritten(ApiError):
    """The report file cannot be written (`why`: the system's reason)."""

    code = "api.report_not_written"
    retryable = True
    next_step = NextStep.ADMIN
    vi = "Không ghi được báo cáo {path} ({why})."
    en = "The report {path} could not be written ({why})."


class QuotaReached(ApiError):
    """A unit or a person has sent what the settings allow within 24 hours (`SOHOA_QUOTA__…`)."""

    code = "api.quota_reached"
    retryable = True
    environment = True
    next_step = NextStep.ADMIN
    vi = "{who} đã gửi {files} tệp ({mib} MiB) trong 24 giờ qua, hết mức cho phép. Hãy gửi lại sau hoặc hỏi quản trị viên."
    en = "{who} has sent {files} files ({mib} MiB) within 24 hours, which is the limit. Send later or ask the administrator."


class ServerStopping(ApiError):
    """The process was told to stop and gave a request or a long step up; what was committed stays; again is harmless."""

    code = "api.stopping"
    retryable = True
    environment = True
    next_step = NextStep.RETRY
    vi = "Máy chủ đang được khởi động lại nên chưa làm xong yêu cầu này; hãy gửi lại sau ít phút."
    en = "The server is being restarted and did not finish this request; send it again in some minutes."


class QueueFull(ApiError):
    """So much waits already that more would only wait longer; nothing of the file was kept."""

    code = "api.queue_full"
    retryable = True
    environment = True
    next_step = NextStep.RETRY
    vi = "Hàng đợi đã có {most} việc chờ xử lý {unit}; hệ thống tạm chưa nhận thêm. Hãy gửi lại sau ít phút."
    en = "{most} pieces of work wait already {unit}; nothing more is taken in for now. Send again in some minutes."
