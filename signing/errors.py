"""The error tree of `signing`."""

from __future__ import annotations

from ingest.errors import CodedError, NextStep, Param

TSA_REASONS = {
    "timeout": ("không trả lời kịp", "no answer in time"),
    "unreachable": ("không kết nối được", "cannot be reached"),
    "status": ("báo lỗi máy chủ", "answered with an error"),
    "html": ("trả về trang web (cổng đăng nhập mạng?)", "gave a web page (a network log-in portal?)"),
    "format": ("trả lời không đọc được", "gave an unreadable answer"),
    "refused": ("từ chối cấp", "refused"),
    "imprint": ("đóng dấu lên nội dung khác", "stamped something else"),
    "nonce": ("trả lời lặp lại của lần khác", "repeated an answer to another request"),
    "signature": ("chữ ký của dấu thời gian sai", "its token has a wrong signature"),
    "clock": ("giờ lệch xa đồng hồ máy này", "its time is far from our clock"),
    "budget": ("đã hết lượt hỏi, đang nghỉ", "may not be asked again yet"),
    "TRY_LATER": ("thiếu dữ liệu thu hồi còn hiệu lực", "its revocation data is missing or out of date"),
    "NO_CERTIFICATE_CHAIN_FOUND": ("không thuộc gốc tin cậy nào", "leads to no trusted root"),
    "CHAIN_CONSTRAINTS_FAILURE": ("chứng thư không dùng để cấp dấu thời gian", "its certificate is not for time-stamping"),
    "EXPIRED": ("chứng thư đã hết hạn", "its certificate has expired"),
    "REVOKED": ("chứng thư đã bị thu hồi", "its certificate is revoked"),
}
"""Why the answer of a time-stamp authority was not taken, in both languages; other ETSI sub-indications show as they are."""


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


class RevocationStale(CertificateRefused):
    """Revocation data that is still in force is missing for the certificate or its issuers. Nothing was signed; it waits."""

    code = "signing.revocation_stale"
    retryable = True
    environment = True
    vi = "Thiếu dữ liệu thu hồi còn hiệu lực cho chứng thư số của {signer} ({reason}). Chưa ký; chạy `sohoa trust refresh`."
    en = "Revocation data in force is missing for the certificate of {signer} ({reason}). Not signed; run `sohoa trust refresh`."


def refused_certificate(signer: str, reason: str) -> CertificateRefused:
    """The error for a certificate that does not hold: what newer revocation data would mend waits for it."""
    return (RevocationStale if reason == "TRY_LATER" else CertificateRefused)(signer=signer, reason=reason)


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
    """All configured authorities were asked or are known to be down (`why` says what each did). The document waits.

    A later run completes it; the level of the signature is never lowered.
    """

    code = "signing.timestamp_pending"
    vi = "Chờ dấu thời gian: chưa máy chủ nào cấp được ({tried} đã hỏi; {why}). Tài liệu đang chờ, hệ thống sẽ tự thử lại."
    en = "Waiting for a time-stamp: no authority could give one yet ({tried} asked; {why}). It is tried again by itself."

    def shown(self, lang: str) -> dict[str, Param]:
        """The parameters, the reason of each authority in words."""
        told = [part.partition(": ") for part in str(self.params.get("why", "")).split("; ") if part]
        words = [f"{host}: {TSA_REASONS.get(reason, (reason, reason))[lang != 'vi']}" for host, _, reason in told]
        return {**self.params, "why": "; ".join(words) or "?"}


class TokenTooLarge(TimestampUnavailable):
    """The token needs more room than was set aside in the file before signing: another authority answered. It is tried again."""

    code = "signing.token_too_large"
    vi = "Dấu thời gian lớn hơn chỗ đã chừa trong tệp (máy chủ khác trả lời). Tài liệu đang chờ, hệ thống sẽ tự thử lại."
    en = "The time-stamp is larger than the room set aside in the file (another authority answered). It is tried again by itself."


class ClockSkewed(TimestampPending):
    """The tokens are sound, but their time is far from the clock of this machine (`seconds`, positive: our clock is slow).

    Nothing is signed with a wrong clock: the signing time would contradict the time-stamp.
    """

    code = "signing.tsa_clock_skewed"
    next_step = NextStep.ADMIN
    vi = "Đồng hồ máy này lệch {seconds} giây so với máy chủ dấu thời gian ({why}). Chỉnh lại đồng hồ (NTP); tài liệu đang chờ."
    en = "The clock of this machine differs by {seconds} s from the time-stamp authority ({why}). Set it (NTP)."


class TimestampNotConfigured(TimestampUnavailable):
    """The keys are real and no time-stamp authority is named; a level with time-stamps is never lowered silently."""

    code = "signing.timestamp_not_configured"
    next_step = NextStep.ADMIN
    vi = (
        "Chờ dấu thời gian: chưa cấu hình máy chủ cấp dấu thời gian. Đặt SOHOA_TSA__URLS,"
        " hoặc chọn rõ mức không có dấu thời gian: SOHOA_SEAL__LEVEL=B-B."
    )
    en = (
        "Waiting for a time-stamp: no time-stamp authority is configured. Set SOHOA_TSA__URLS,"
        " or choose the level without time-stamps explicitly: SOHOA_SEAL__LEVEL=B-B."
    )


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


class AlreadySigned(SigningError):
    """A certification must be the first signature of a file (ISO 32000-1 §12.8.2.2), and this file is signed already."""

    code = "signing.already_signed"
    next_step = NextStep.REPLACE
    vi = "Tệp đã có chữ ký nên không thể ký chứng nhận lần đầu trên tệp này."
    en = "The file is signed already; a certification must be its first signature."


class MarkFontMissing(SigningError):
    """The typeface of the marks is not installed, or it is an old one that lacks Vietnamese letters."""

    code = "signing.mark_font_missing"
    next_step = NextStep.ADMIN
    vi = "Thiếu phông chữ {name} có đủ chữ tiếng Việt để in dấu hiển thị của chữ ký. Cài gói fonts-liberation2."
    en = "The typeface {name} with all Vietnamese letters is missing; the mark cannot be set. Install fonts-liberation2."


class GlyphMissing(SigningError):
    """The typeface has no glyph for some characters of a mark's text. Nothing was signed."""

    code = "signing.glyph_missing"
    next_step = NextStep.ADMIN
    vi = "Phông chữ không có ký tự {characters} nên không in được lên tài liệu. Chưa ký gì cả."
    en = "The typeface has no glyph for {characters}, so the mark cannot be set. Nothing was signed."


class MarkUnusable(SigningError):
    """A mark cannot be made as asked (`why` names the part in both languages). Nothing was signed."""

    code = "signing.mark_unusable"
    next_step = NextStep.REPLACE
    vi = "Không tạo được dấu hiển thị của chữ ký ({why}). Kiểm tra ảnh, trang và ô chữ ký. Chưa ký gì cả."
    en = "The visible mark of the signature cannot be made ({why}). Check image, page and field. Nothing was signed."


class MarkKindsUnusable(SigningError):
    """The file with the wordings of the marks (`SOHOA_MARK__FILE`) cannot be used; `why` names the entry."""

    code = "signing.mark_kinds_unusable"
    next_step = NextStep.ADMIN
    vi = "Không dùng được tệp mẫu dấu hiển thị {name}: {why}."
    en = "The file {name} with the wordings of the marks cannot be used: {why}."


class NoRoomForMark(SigningError):
    """No page has an empty place for a mark that must be there; nothing on a page is ever covered. Nothing was signed."""

    code = "signing.no_room_for_mark"
    next_step = NextStep.REPLACE
    vi = "Các trang không còn chỗ trống cho dấu hiển thị của chữ ký. Hãy quét lại có chừa lề. Chưa ký gì cả."
    en = "The pages have no empty place for the visible mark of the signature. Scan again with margins. Nothing was signed."


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
