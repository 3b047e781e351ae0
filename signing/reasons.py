"""Codes that stand inside sentences, in words: sub-indications of EN 319 102-1 and values of ours.

The code itself is kept beside the words wherever a machine reads; people read the words.
"""

from __future__ import annotations

REASONS: dict[str, tuple[str, str]] = {
    # sub-indications (ETSI EN 319 102-1, table 5 and 6)
    "FORMAT_FAILURE": ("sai định dạng", "malformed"),
    "HASH_FAILURE": ("giá trị băm không khớp", "the digest differs"),
    "SIG_CRYPTO_FAILURE": ("giá trị chữ ký không đúng", "the signature value is wrong"),
    "SIG_CONSTRAINTS_FAILURE": ("không đạt yêu cầu đối với chữ ký", "the signature does not meet what is asked of it"),
    "CHAIN_CONSTRAINTS_FAILURE": ("chứng thư không dùng được cho việc này", "the certificate does not serve this purpose"),
    "CERTIFICATE_CHAIN_GENERAL_FAILURE": ("chuỗi chứng thư có lỗi", "the certificate chain is faulty"),
    "CRYPTO_CONSTRAINTS_FAILURE": ("thuật toán không còn đủ an toàn", "an algorithm is no longer strong enough"),
    "EXPIRED": ("chứng thư đã hết hạn", "the certificate has expired"),
    "NOT_YET_VALID": ("chứng thư chưa có hiệu lực", "the certificate is not yet valid"),
    "POLICY_PROCESSING_ERROR": ("không xử lý được chính sách chữ ký", "the signature policy could not be processed"),
    "SIGNATURE_POLICY_NOT_AVAILABLE": ("không có chính sách chữ ký", "the signature policy is not at hand"),
    "TIMESTAMP_ORDER_FAILURE": ("thứ tự các dấu thời gian không đúng", "the time-stamps are out of order"),
    "NO_SIGNING_CERTIFICATE_FOUND": ("không có chứng thư của người ký", "the signer's certificate is missing"),
    "NO_CERTIFICATE_CHAIN_FOUND": ("chưa có chứng thư gốc tin cậy", "no trusted root is at hand"),
    "REVOKED": ("chứng thư đã bị thu hồi", "the certificate was revoked"),
    "REVOKED_NO_POE": (
        "chứng thư đã bị thu hồi và không chứng minh được là ký trước đó",
        "the certificate was revoked and nothing proves that it signed before",
    ),
    "REVOKED_CA_NO_POE": (
        "chứng thư của nơi cấp đã bị thu hồi và không chứng minh được là ký trước đó",
        "the issuing authority was revoked and nothing proves that it signed before",
    ),
    "OUT_OF_BOUNDS_NO_POE": (
        "không chứng minh được là ký trong thời hạn của chứng thư",
        "nothing proves that it was signed while the certificate was valid",
    ),
    "OUT_OF_BOUNDS_NOT_REVOKED": (
        "chứng thư đã hết hạn nhưng chưa bị thu hồi",
        "the certificate has expired, it was not revoked",
    ),
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE": (
        "thuật toán đã lỗi thời và không chứng minh được là ký trước đó",
        "an algorithm is outdated and nothing proves that it was used before",
    ),
    "NO_POE": ("không có bằng chứng về thời điểm", "there is no proof of the time"),
    "TRY_LATER": ("thiếu thông tin thu hồi còn hạn dùng", "current revocation information is missing"),
    "SIGNED_DATA_NOT_FOUND": ("không tìm thấy nội dung được ký", "what was signed cannot be found"),
    "GENERIC": ("chưa rõ nguyên nhân", "for a reason that is not known"),
    # a name of ours where the standard has none
    "NO_SIGNATURE_FOUND": ("không có chữ ký", "there is no signature"),
    # roles
    "personal": ("cá nhân", "personal"),
    "agency": ("cơ quan", "agency"),
    "unknown": ("chưa rõ vai", "of unknown role"),
}


def phrase(code: str, lang: str = "vi") -> str:
    """What `code` means, as part of a sentence; a code nobody knows shows as itself."""
    words = REASONS.get(code)
    return code if words is None else words[0 if lang == "vi" else 1]
