"""The error tree of `signing`."""

from __future__ import annotations

from ingest.errors import CodedError, NextStep


class SigningError(CodedError):
    """Root of everything `signing` fails at."""

    code = "signing"
    next_step = NextStep.RETRY
    vi = "Không ký số được tài liệu."
    en = "The document could not be signed."


class KeyUnusable(SigningError):
    """The key file cannot be opened: missing, damaged, wrong passphrase, or no private key in it. Never retried by itself."""

    code = "signing.key_unusable"
    next_step = NextStep.ADMIN
    vi = "Không mở được khóa ký {name}. Kiểm tra tệp khóa và mật khẩu của khóa."
    en = "The signing key {name} cannot be opened. Check the key file and its passphrase."


class KeyTooWeak(SigningError):
    """RSA below 2048 bits, an elliptic curve below 256 bits, or another kind of key (Circular 15/2025, Art. 5)."""

    code = "signing.key_too_weak"
    next_step = NextStep.ADMIN
    vi = "Khóa ký {name} không đủ mạnh (cần RSA từ 2048 bit hoặc ECDSA từ 256 bit)."
    en = "The signing key {name} is too weak (RSA of 2048 bits or ECDSA of 256 bits is the least)."


class CertificateRefused(SigningError):
    """The check before signing failed: chain, validity, revocation or key usage of the signer or of the time-stamp authority.

    `reason` is an ETSI EN 319 102-1 sub-indication. Nothing was signed.
    """

    code = "signing.certificate_refused"
    next_step = NextStep.ADMIN
    vi = "Chứng thư số của {signer} không dùng để ký được lúc này ({reason}). Chưa ký gì cả."
    en = "The certificate of {signer} cannot be used for signing now ({reason}). Nothing was signed."


class RoleRefused(SigningError):
    """A personal key was asked for an agency signature, or the other way round."""

    code = "signing.role_refused"
    next_step = NextStep.ADMIN
    vi = "Chữ ký này phải là chữ ký {wanted}, nhưng khóa đưa vào là của {got}."
    en = "This signature must be of role {wanted}, but the key is of role {got}."


class SourceEncrypted(SigningError):
    """The file to be sealed is encrypted; a record that needs a password is no record."""

    code = "signing.source_encrypted"
    next_step = NextStep.REPLACE
    vi = "Tệp có mật khẩu nên không ký số được. Hãy bỏ mật khẩu rồi đưa lại."
    en = "The file is encrypted and cannot be sealed. Remove the password and send it again."


class SourceDamaged(SigningError):
    """The file to be sealed is no PDF, is damaged, or has hybrid cross-references, which we refuse in our own files."""

    code = "signing.source_damaged"
    next_step = NextStep.REPLACE
    vi = "Tệp không phải PDF hoặc bị hỏng nên không ký số được."
    en = "The file is no PDF or is damaged and cannot be sealed."


class SourceLocked(SigningError):
    """An earlier certification signature in the file forbids every later change, a further signature included."""

    code = "signing.source_locked"
    next_step = NextStep.REPLACE
    vi = "Tệp đã được khóa bởi một chữ ký trước, không thêm chữ ký được nữa."
    en = "The file was locked by an earlier signature; no further signature may be added."


class TimestampUnavailable(SigningError):
    """No time-stamp authority answered with a token we accept. The level is never lowered: the document waits."""

    code = "signing.timestamp_unavailable"
    retryable = True
    environment = True
    next_step = NextStep.RETRY
    vi = "Máy chủ cấp dấu thời gian không trả lời đúng. Tài liệu chờ ký lại, không hạ mức chữ ký."
    en = "No time-stamp authority gave a valid answer. The document waits; the level of the signature is not lowered."


class TimestampPending(TimestampUnavailable):
    """All configured authorities were asked or are known to be down. The document waits; a later run completes it.

    The level of the signature is never lowered.
    """

    code = "signing.timestamp_pending"
    vi = "Chưa máy chủ nào cấp được dấu thời gian ({tried}). Tài liệu đang chờ, hệ thống sẽ tự thử lại."
    en = "No authority could give a time-stamp yet ({tried}). The document waits and is tried again by itself."


class RenewalRefused(SigningError):
    """The evidence in the file no longer holds, so a new time-stamp would cover up a gap. `reason` is the ETSI sub-indication."""

    code = "signing.renewal_refused"
    next_step = NextStep.ADMIN
    vi = "Không gia hạn được bằng chứng: chữ ký trong tệp hiện không còn kiểm chứng được ({reason})."
    en = "The evidence cannot be renewed: the signatures in the file do not hold now ({reason})."


class SealRejected(SigningError):
    """The sealed file did not pass our own verification, so it was thrown away. `reason` is the ETSI sub-indication."""

    code = "signing.seal_rejected"
    next_step = NextStep.ADMIN
    vi = "Chữ ký vừa tạo không qua được bước tự kiểm tra ({reason}) nên đã bị hủy."
    en = "The new signature did not pass our own verification ({reason}) and was thrown away."


class FileNotWritten(SigningError):
    """The source could not be read or the sealed file not written: disk full, file gone, no permission."""

    code = "signing.file_not_written"
    retryable = True
    next_step = NextStep.ADMIN
    vi = "Không đọc hoặc không ghi được tệp khi ký số. Kiểm tra dung lượng đĩa."
    en = "The file could not be read or written while sealing. Check the free disk space."


class TrustUnusable(SigningError):
    """A trust list cannot be read: no certificate in the file, or not PEM or DER."""

    code = "signing.trust_unusable"
    next_step = NextStep.ADMIN
    vi = "Không đọc được danh sách chứng thư tin cậy {name}."
    en = "The trusted certificates in {name} cannot be read."


class PkiUnusable(SigningError):
    """The folder of the demonstration keys cannot be written or is damaged."""

    code = "signing.pki_unusable"
    next_step = NextStep.ADMIN
    vi = "Không tạo hoặc không đọc được khóa trình diễn trong thư mục {name}."
    en = "The demonstration keys in folder {name} cannot be made or read."
