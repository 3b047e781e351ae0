"""What goes wrong with keeping records for their time."""

from __future__ import annotations

from ingest.errors import NextStep
from storage.errors import StorageError


class BadSchedule(StorageError):
    """The list of retention periods cannot be read (`what`)."""

    code = "storage.bad_schedule"
    retryable = False
    vi = "Danh mục thời hạn lưu trữ không đọc được: {what}."
    en = "The list of retention periods cannot be read: {what}."


class ObjectLocked(StorageError):
    """The store keeps the object locked (Object Lock) until `until`; it is removed when the lock has ended."""

    code = "storage.object_locked"
    next_step = NextStep.ADMIN
    vi = "Kho tệp còn khóa tệp (Object Lock) đến {until}; hệ thống sẽ xóa khi hết hạn khóa."
    en = "The store keeps the object locked (Object Lock) until {until}; it is removed when the lock has ended."


class RecordDisposed(StorageError):
    """The record was destroyed by an approved disposal; its certificate of disposal is kept."""

    code = "storage.record_disposed"
    retryable = False
    next_step = NextStep.GIVE_UP
    vi = "Kết quả số hóa {code} đã được tiêu hủy theo quy định; chỉ còn biên bản tiêu hủy."
    en = "Record {code} was disposed of as the rules provide; only its certificate of disposal is left."
