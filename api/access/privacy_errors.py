"""What is said about access levels and purposes."""

from __future__ import annotations

from api.errors import ApiError
from ingest.errors import NextStep


class PurposeMissing(ApiError):
    """Personal data is asked for without saying what for (Law 91/2025/QH15: lawful purpose, each access written down)."""

    code = "api.purpose_missing"
    next_step = NextStep.RETRY
    vi = "Hãy nêu mục đích xem: mã hồ sơ đang giải quyết, hoặc một mục đích trong danh mục. Lần xem được ghi vào nhật ký."
    en = "Say what you look for: the code of the dossier at hand, or a purpose of the list. The look is recorded."


class PurposeUnknown(ApiError):
    """The purpose named is neither a dossier's code nor in the list."""

    code = "api.purpose_unknown"
    next_step = NextStep.RETRY
    vi = "«{purpose}» không phải mã hồ sơ, cũng không có trong danh mục mục đích. Ví dụ mã hồ sơ: H55.242-261122-0001."
    en = "“{purpose}” is neither a dossier's code nor a purpose of the list. A dossier's code: H55.242-261122-0001."
