"""What goes wrong with stored bytes."""

from __future__ import annotations

from api.errors import ApiError
from ingest.errors import NextStep


class ObjectLost(ApiError):
    """An object is damaged or gone (`sha256`) and no good copy is at hand. It is tried again when somebody asks."""

    code = "api.object_lost"
    next_step = NextStep.ADMIN
    vi = "Tệp {sha256} trong kho bị hỏng hoặc mất và không còn bản tốt nào. Khôi phục từ bản sao lưu rồi thử lại."
    en = "Object {sha256} is damaged or gone and no good copy is left. Restore it from a backup, then try again."


class ObjectsLost(ApiError):
    """Some stored objects (`count`) are damaged or gone without a good copy; `sohoa fixity status` names them."""

    code = "api.objects_lost"
    retryable = True
    next_step = NextStep.ADMIN
    vi = "{count} tệp trong kho bị hỏng hoặc mất mà không có bản tốt. Chạy `sohoa fixity status`, khôi phục từ bản sao lưu."
    en = "{count} stored objects are damaged or gone without a good copy. Run `sohoa fixity status`; restore from a backup."
