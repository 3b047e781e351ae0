"""What goes wrong with backups."""

from __future__ import annotations

from ingest.errors import NextStep
from storage.errors import StorageError


class BackupTooNew(StorageError):
    """The backup was made by a newer version of Sohoa (`revision` of its tables)."""

    code = "storage.backup_too_new"
    retryable = False
    vi = "Bản sao lưu do phiên bản Sohoa mới hơn tạo ra (bảng {revision}); hãy cập nhật Sohoa rồi khôi phục."
    en = "The backup was made by a newer Sohoa (tables {revision}); update Sohoa, then restore."


class BackupBroken(StorageError):
    """A backup lacks something or is not what its manifest says (`what`)."""

    code = "storage.backup_broken"
    retryable = False
    vi = "Bản sao lưu không nguyên vẹn: {what}."
    en = "The backup is not whole: {what}."


class BackupMissing(StorageError):
    """There is no finished backup in the folder."""

    code = "storage.backup_missing"
    retryable = False
    next_step = NextStep.GIVE_UP
    vi = "Thư mục «{folder}» không có bản sao lưu nào hoàn chỉnh."
    en = "The folder “{folder}” has no finished backup."


class RestoreRefused(StorageError):
    """The database to restore into has work in it; only an empty one is filled."""

    code = "storage.restore_refused"
    retryable = False
    vi = "Cơ sở dữ liệu đích đã có dữ liệu; chỉ khôi phục vào nơi trống."
    en = "The database to restore into has data in it; only an empty one is filled."
