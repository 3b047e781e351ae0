"""What signing at the desk refuses: tickets that are worth nothing (any more), documents that do not wait."""

from __future__ import annotations

from api.errors import ApiError
from ingest.errors import NextStep


class SigningUnknown(ApiError):
    """No preparation has this ticket: it never existed, or a newer preparation of the same document took its place."""

    code = "api.signing_unknown"
    next_step = NextStep.RETRY
    vi = "Yêu cầu ký này không còn hiệu lực (đã có lần chuẩn bị mới hơn). Hãy mở lại danh sách «Chờ ký» và ký lại."
    en = "This signing request is not valid any more (there is a newer one). Open “To sign” again and sign anew."


class SigningExpired(ApiError):
    """The signature came after the preparation's time was over; nothing is lost, the document waits again."""

    code = "api.signing_expired"
    next_step = NextStep.RETRY
    vi = "Yêu cầu ký đã quá hạn {minutes} phút nên chữ ký không được nhận. Tài liệu vẫn chờ ký; hãy ký lại."
    en = "The signing request was older than {minutes} minutes, so the signature was not taken. It still waits; sign anew."


class SigningUsed(ApiError):
    """The signature of this preparation is there already; each is good for one."""

    code = "api.signing_used"
    next_step = NextStep.GIVE_UP
    vi = "Yêu cầu ký này đã nhận chữ ký rồi, mỗi yêu cầu chỉ dùng một lần. Không cần gửi lại."
    en = "This signing request has its signature already; each is good for one only. Nothing needs to be sent again."


class SigningNotYours(ApiError):
    """Somebody else asked for this preparation, or the document belongs to another unit."""

    code = "api.signing_not_yours"
    next_step = NextStep.GIVE_UP
    vi = "Tài liệu này do người khác chuẩn bị ký hoặc thuộc đơn vị khác, bạn không ký thay được."
    en = "This document is being signed by somebody else or belongs to another unit; you cannot sign it for them."


class NotAwaitingSignature(ApiError):
    """The document does not wait for a signature: it is signed, given up, or never needed one."""

    code = "api.not_awaiting_signature"
    next_step = NextStep.GIVE_UP
    vi = "Tài liệu này không ở trạng thái chờ ký (đã ký xong hoặc đã bỏ)."
    en = "This document does not wait for a signature (it is signed already, or was given up)."


class TooManyToSign(ApiError):
    """More documents in one request than allowed."""

    code = "api.signing_too_many"
    next_step = NextStep.RETRY
    vi = "Mỗi lần ký tối đa {most} tài liệu; hãy chia thành nhiều lần."
    en = "At most {most} documents are signed at once; do it in several goes."
