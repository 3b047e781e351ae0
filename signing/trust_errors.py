"""What goes wrong with the lists of whom we trust."""

from __future__ import annotations

from ingest.errors import NextStep, Param
from signing.errors import TSA_REASONS, RevocationStale, SigningError

LIST_FAULTS = {
    "format": ("không đọc được", "unreadable"),
    "signer": ("không do tổ chức nào trong danh sách tin cậy ký", "signed by nobody in the trust list"),
    "delta": ("chỉ là phần thay đổi (delta CRL)", "only a difference (delta CRL)"),
    "expired": ("đã hết hiệu lực", "already out of force"),
    "future": ("có thời điểm phát hành ở tương lai; kiểm tra đồng hồ máy", "issued in the future; check the clock"),
}

ANSWER_FAULTS = TSA_REASONS | {
    "unknown": ("không biết chứng thư này", "does not know this certificate"),
    "stale": ("trả lời đã hết hiệu lực", "gave an answer that is out of date"),
    "future": ("trả lời ghi thời điểm ở tương lai; kiểm tra đồng hồ máy", "gave an answer of the future; check the clock"),
    "other": ("trả lời về chứng thư khác", "answered about another certificate"),
    "signature": ("chữ ký của trả lời sai", "its answer has a wrong signature"),
    "signer": ("người ký trả lời không được ủy quyền", "its answer is signed by somebody not entitled"),
    "weak": ("trả lời ký bằng thuật toán yếu", "its answer is signed with a weak algorithm"),
    "refused": ("từ chối trả lời", "refuses to answer"),
}
"""Why the answer of an OCSP responder was not taken, in both languages."""


class RevocationUnanswered(RevocationStale):
    """No revocation list is in force, and no OCSP responder gave an answer that can be accepted (`why`: what each did).

    Nothing was signed; it waits and is tried again by itself.
    """

    code = "signing.revocation_unanswered"
    vi = (
        "Chờ dữ liệu thu hồi: chưa biết chứng thư số của {signer} còn dùng được không ({why}). Chưa ký gì cả, hệ thống sẽ"
        " tự thử lại. Nếu kéo dài: kiểm tra mạng tới máy chủ OCSP, hoặc đưa danh sách thu hồi vào bằng `sohoa trust add-list`."
    )
    en = (
        "Waiting for revocation data: whether the certificate of {signer} still holds is not known ({why}). Nothing was signed;"
        " it is tried again by itself. If it lasts: check the way to the OCSP responder, or bring a list with"
        " `sohoa trust add-list`."
    )

    def shown(self, lang: str) -> dict[str, Param]:
        """The parameters, the fault of each responder in words."""
        told = [part.partition(": ") for part in str(self.params.get("why", "")).split("; ") if part]
        words = [f"{host}: {ANSWER_FAULTS.get(fault, (fault, fault))[lang != 'vi']}" for host, _, fault in told]
        return {**self.params, "why": "; ".join(words) or "?"}


class TrustUnreadable(SigningError):
    """What was to be added holds no certificate: neither PEM nor DER nor PKCS#7."""

    code = "signing.trust_unreadable"
    next_step = NextStep.ADMIN
    vi = "Tệp không chứa chứng thư số nào đọc được (PEM, DER hoặc PKCS#7)."
    en = "The file holds no readable certificate (PEM, DER or PKCS#7)."


class FingerprintMismatch(SigningError):
    """The certificate has another fingerprint than the one the person gave. Nothing was added."""

    code = "signing.fingerprint_mismatch"
    next_step = NextStep.ADMIN
    vi = "Dấu vân tay SHA-256 không khớp: chờ {wanted}, tệp có {got}. Chưa thêm gì; hãy kiểm tra nguồn của tệp."
    en = "The SHA-256 fingerprint differs: {wanted} was expected, the file has {got}. Nothing was added; check the source."


class NoAuthority(SigningError):
    """The certificate is self-signed but not that of a certification authority: believing it would prove nothing."""

    code = "signing.no_authority"
    next_step = NextStep.REPLACE
    vi = "Chứng thư {name} tự ký nhưng không phải của tổ chức chứng thực nên không thêm làm gốc tin cậy."
    en = "The certificate {name} is self-signed but belongs to no authority; it cannot be a trusted root."


class CertificateUnknown(SigningError):
    """No certificate with this fingerprint is in the trust list."""

    code = "signing.certificate_unknown"
    next_step = NextStep.GIVE_UP
    vi = "Không có chứng thư nào trong danh sách tin cậy với dấu vân tay {fingerprint} (cần ít nhất 16 ký tự đầu)."
    en = "No certificate of the trust list has the fingerprint {fingerprint} (at least its first 16 characters are needed)."


class ListRefused(SigningError):
    """A revocation list was not taken (`why`); the one we have stays."""

    code = "signing.list_refused"
    next_step = NextStep.ADMIN
    vi = "Không nhận danh sách thu hồi: {why}. Danh sách đang có vẫn giữ nguyên."
    en = "The revocation list was not taken: {why}. The one we have stays."

    def shown(self, lang: str) -> dict[str, Param]:
        """The parameters, the fault in words."""
        why = str(self.params.get("why", "?"))
        return {**self.params, "why": LIST_FAULTS.get(why, (why, why))[lang != "vi"]}


class FetchFailed(SigningError):
    """A certificate or revocation list could not be fetched (`why`: no answer, status, too large)."""

    code = "signing.fetch_failed"
    retryable = True
    environment = True
    next_step = NextStep.RETRY
    vi = "Không tải được {url} ({why}). Dữ liệu đang có vẫn giữ nguyên; hệ thống sẽ tự thử lại."
    en = "{url} could not be fetched ({why}). The data we have stays; it is tried again by itself."


class TrustNotWritten(SigningError):
    """The folder of the trust list cannot be written: full disk, no permission."""

    code = "signing.trust_not_written"
    retryable = True
    next_step = NextStep.ADMIN
    vi = "Không ghi được vào thư mục tin cậy {folder}. Kiểm tra quyền ghi và dung lượng đĩa."
    en = "The trust folder {folder} cannot be written. Check permissions and free disk space."
