"""What goes wrong with keeping evidence alive."""

from __future__ import annotations

from api.errors import ApiError
from ingest.errors import NextStep


class RenewalGainsNothing(ApiError):
    """A new time-stamp would lose its force no later (`until`) than what is there: the authority's own certificate ends."""

    code = "api.renewal_gains_nothing"
    next_step = NextStep.ADMIN
    vi = "Gia hạn bây giờ không kéo dài được bằng chứng (chỉ đến {until}): cần máy chủ dấu thời gian có chứng thư mới hơn."
    en = "A renewal now would prolong nothing (only until {until}): a time-stamp authority with a newer certificate is needed."


class UnknownJob(ApiError):
    """There is no recurring job of this name."""

    code = "api.unknown_job"
    next_step = NextStep.GIVE_UP
    vi = "Không có công việc định kỳ «{name}». Có: {known}."
    en = "There is no recurring job “{name}”. There are: {known}."


class JobBusy(ApiError):
    """Another process runs this job at this moment."""

    code = "api.job_busy"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Công việc «{name}» đang được một tiến trình khác thực hiện; thử lại sau."
    en = "The job “{name}” is being run by another process; try again later."


class JobUnexpected(ApiError):
    """A recurring job failed in a way nobody foresaw (`kind`); the log has the details. It is tried again."""

    code = "api.job_unexpected"
    retryable = True
    next_step = NextStep.ADMIN
    vi = "Công việc «{name}» gặp lỗi ngoài dự kiến ({kind}); xem nhật ký máy chủ. Hệ thống sẽ tự thử lại."
    en = "The job “{name}” failed unexpectedly ({kind}); see the server's log. It is tried again by itself."
