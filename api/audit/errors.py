"""What can stop an audit as a whole. One bad file never does."""

from __future__ import annotations

from api.errors import ApiError
from ingest.errors import NextStep


class AuditFolderUnusable(ApiError):
    """The folder for the results cannot be written or holds something else (`why`: the system's reason, or a file)."""

    code = "api.audit_folder_unusable"
    next_step = NextStep.ADMIN
    vi = "Không dùng được thư mục kết quả {folder} ({why}). Hãy chọn thư mục khác hoặc kiểm tra quyền ghi và dung lượng."
    en = "The folder of results {folder} cannot be used ({why}). Choose another, or check permission and free space."


class AuditRunning(ApiError):
    """Another run is writing to the same folder of results."""

    code = "api.audit_running"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Một lượt kiểm tra khác đang ghi vào {folder}. Hãy đợi lượt đó xong hoặc chọn thư mục khác."
    en = "Another run is writing to {folder}. Wait for it to end, or choose another folder."


class TooManyRuns(ApiError):
    """As many runs as may go on at once are going on (`most`)."""

    code = "api.too_many_runs"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Đang có {most} lượt kiểm tra chạy cùng lúc. Hãy đợi một lượt xong rồi bắt đầu lượt mới."
    en = "{most} runs go on at once. Wait for one of them to end, then begin another."
