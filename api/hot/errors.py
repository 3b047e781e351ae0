"""What the hot folder stops at."""

from __future__ import annotations

from api.errors import ApiError
from ingest.errors import NextStep


class HotMapWrong(ApiError):
    """The file that says what sub-folders belong to cannot be used."""

    code = "api.hot.map_wrong"
    next_step = NextStep.ADMIN
    vi = "Tệp quy định thư mục nóng không dùng được: {what}."
    en = "The map of the hot folder cannot be used: {what}."


class HotFolderAway(ApiError):
    """The watched folder is not there, or cannot be read or written just now (a share that is away)."""

    code = "api.hot.folder_away"
    retryable = True
    environment = True
    next_step = NextStep.ADMIN
    vi = "Không đọc hoặc ghi được thư mục nóng {folder} ({why}); sẽ tự thử lại."
    en = "The hot folder {folder} cannot be read or written ({why}); it is tried again by itself."


class HotReadBack(ApiError):
    """What was read back from the store is not what lies in the folder; the file stays where it is and is tried again."""

    code = "api.hot.read_back"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Tệp đọc lại từ kho không khớp với tệp trong thư mục; tệp gốc được giữ nguyên và sẽ thử lại."
    en = "The bytes read back from the store are not those in the folder; the file stays and is tried again."
