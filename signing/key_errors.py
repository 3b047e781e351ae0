"""What goes wrong with keys that live elsewhere: tokens, HSMs, a person's desk, remote services."""

from __future__ import annotations

from ingest.errors import NextStep
from signing.errors import SigningError


class DriverUnusable(SigningError):
    """The PKCS#11 module (the token maker's driver) cannot be loaded."""

    code = "signing.driver_unusable"
    next_step = NextStep.ADMIN
    vi = "Không nạp được trình điều khiển token {name} (PKCS#11). Kiểm tra đường dẫn và cài lại trình điều khiển của hãng."
    en = "The token driver {name} (PKCS#11) cannot be loaded. Check its path and install the maker's driver again."


class TokenAbsent(SigningError):
    """The token is not plugged in, or was pulled out. Nothing is lost: what was to be signed waits and goes on by itself."""

    code = "signing.token_absent"
    retryable = True
    environment = True
    next_step = NextStep.RETRY
    vi = "Không thấy token {name}. Hãy cắm lại token; việc ký đang chờ và sẽ tự làm tiếp, không mất gì."
    en = "The token {name} is not there. Plug it in again; the signing waits and goes on by itself, nothing is lost."


class TokenFailed(SigningError):
    """The token is there but answers with a fault (`why`, the PKCS#11 name of it)."""

    code = "signing.token_failed"
    retryable = True
    environment = True
    next_step = NextStep.ADMIN
    vi = "Token {name} báo lỗi ({why}). Hệ thống sẽ thử lại; nếu vẫn vậy, rút token ra cắm lại hoặc báo quản trị viên."
    en = "The token {name} reports a fault ({why}). It is tried again; if that does not help, plug the token in anew."


class PinWrong(SigningError):
    """The token refused the PIN. Exactly one try reached it; no further one is made until the PIN was set anew.

    A token locks itself after a few wrong tries, so this is never retried, by no process.
    """

    code = "signing.pin_wrong"
    next_step = NextStep.ADMIN
    vi = "Token {name} báo mã PIN sai. Hệ thống dừng ngay, không thử lại để token không bị khóa. Hãy đặt lại mã PIN đúng."
    en = "The token {name} refused the PIN. No further try is made, so that the token does not lock itself. Set the right PIN."


class PinLocked(SigningError):
    """The token is locked, or only the last try before it locks is left: that one is never made by a machine."""

    code = "signing.pin_locked"
    next_step = NextStep.ADMIN
    vi = "Token {name} đã bị khóa hoặc chỉ còn một lần thử mã PIN. Hãy mở khóa token bằng công cụ của hãng."
    en = "The token {name} is locked, or one try of its PIN is left. Unlock it with the maker's tool."


class PinMissing(SigningError):
    """The file with the PIN or passphrase cannot be read or is empty."""

    code = "signing.pin_missing"
    next_step = NextStep.ADMIN
    vi = "Không đọc được mã PIN hoặc mật khẩu khóa từ tệp {name}."
    en = "The PIN or passphrase cannot be read from the file {name}."


class TokenKeyMissing(SigningError):
    """The token holds no signing key, or several and none was named, or no certificate that belongs to the key."""

    code = "signing.token_key_missing"
    next_step = NextStep.ADMIN
    vi = "Token {name} không có đúng một khóa ký kèm chứng thư số. Hãy ghi rõ nhãn hoặc mã của khóa trong thiết lập."
    en = "The token {name} does not hold exactly one signing key with its certificate. Name the key's label or id."


class KeyAtDesk(SigningError):
    """The key never leaves its owner's desk: the document waits until the owner signs it (two phases)."""

    code = "signing.key_at_desk"
    next_step = NextStep.GIVE_UP
    vi = "Khóa ký do người ký giữ. Tài liệu chờ người đó ký ở mục «Chờ ký»."
    en = "The key is kept by its owner. The document waits for the owner's signature under “To sign”."


class RemoteTokenRefused(SigningError):
    """The remote service refuses the access token, read anew for this signature: it ran out or was withdrawn."""

    code = "signing.remote_token_refused"
    retryable = True
    environment = True
    next_step = NextStep.ADMIN
    vi = (
        "Dịch vụ ký số từ xa {name} không chấp nhận mã truy cập (access token): hết hạn hoặc đã bị thu hồi. "
        "Hãy ghi mã mới vào tệp mã truy cập; việc ký đang chờ và sẽ tự làm tiếp, không cần khởi động lại."
    )
    en = (
        "The remote signing service {name} does not accept the access token: it ran out or was withdrawn. "
        "Put a new one into the access token file; the signing waits and goes on by itself, without a restart."
    )


class SignatureMismatch(SigningError):
    """The signature handed in was not made over these bytes with the key of this certificate."""

    code = "signing.signature_mismatch"
    next_step = NextStep.RETRY
    vi = "Chữ ký gửi về không khớp với tài liệu hoặc không do chứng thư của {signer} tạo ra. Không nhận chữ ký này; hãy ký lại."
    en = "The signature does not fit the document or was not made with the certificate of {signer}. Not accepted; sign again."


class DocumentSwapped(SigningError):
    """The prepared document is not the one whose signing was asked for: it was changed between the two phases."""

    code = "signing.document_swapped"
    next_step = NextStep.ADMIN
    vi = "Tài liệu đã bị thay đổi giữa lúc chuẩn bị và lúc ký. Không nhận chữ ký; hãy báo quản trị viên."
    en = "The document was changed between preparation and signing. The signature is not accepted; tell the administrator."


class AttributesRefused(SigningError):
    """What was sent to be signed is no set of signature attributes of a document for this very certificate (`why`)."""

    code = "signing.attributes_refused"
    next_step = NextStep.ADMIN
    vi = "Từ chối ký: dữ liệu gửi đến không phải yêu cầu ký tài liệu bằng đúng chứng thư này ({why})."
    en = "Signing refused: what was sent is no request to sign a document with this very certificate ({why})."


class ClockSkewed(SigningError):
    """The signing time in what is to be signed is not now."""

    code = "signing.clock_skewed"
    next_step = NextStep.ADMIN
    vi = "Từ chối ký: thời điểm ký ghi trong yêu cầu lệch {minutes} phút so với đồng hồ máy này. Chỉnh lại đồng hồ rồi ký lại."
    en = "Signing refused: the signing time in the request is {minutes} minutes off this machine's clock. Set the clocks right."


class RemoteUnavailable(SigningError):
    """The remote signing service (CSC) does not answer."""

    code = "signing.remote_unavailable"
    retryable = True
    environment = True
    next_step = NextStep.RETRY
    vi = "Dịch vụ ký số từ xa {name} không trả lời. Tài liệu chờ, hệ thống sẽ tự thử lại."
    en = "The remote signing service {name} does not answer. The document waits and is tried again by itself."


class RemoteRefused(SigningError):
    """The remote signing service refuses (credential, PIN, authorisation). Never retried: a PIN may be locked by that."""

    code = "signing.remote_refused"
    next_step = NextStep.ADMIN
    vi = "Dịch vụ ký số từ xa {name} từ chối ký ({why}). Hệ thống không thử lại; kiểm tra tài khoản, mã PIN và quyền ký."
    en = "The remote signing service {name} refuses ({why}). It is not tried again; check credential, PIN and authorisation."


class CertificateUnreadable(SigningError):
    """What was sent as a certificate is none."""

    code = "signing.certificate_unreadable"
    next_step = NextStep.RETRY
    vi = "Chứng thư số gửi lên không đọc được. Hãy chọn lại chứng thư trong chương trình ký."
    en = "The certificate that was sent cannot be read. Choose the certificate anew in the signing program."
