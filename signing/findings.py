"""Every finding of a verification in words: Vietnamese for the lay auditor first, English beside it.

`indicates` is the sub-indication of EN 319 102-1 (or a name of ours where the standard has none) that a file gets when this
finding is the one that decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingest.errors import Param
from signing.model import Finding
from signing.reasons import phrase


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences of one finding code."""

    vi: str
    en: str
    indicates: str = "GENERIC"


CATALOGUE: dict[str, Wording] = {
    # integrity
    "NOT_A_PDF": Wording("Tệp này không phải là PDF.", "This file is no PDF.", "FORMAT_FAILURE"),
    "UNREADABLE": Wording("Không đọc được tệp.", "The file cannot be read.", "FORMAT_FAILURE"),
    "DAMAGED": Wording("Tệp PDF bị hỏng, không phân tích được.", "The PDF is damaged and cannot be parsed.", "FORMAT_FAILURE"),
    "ENCRYPTED": Wording("Tệp PDF có mật khẩu nên không kiểm tra được.", "The PDF is encrypted and cannot be checked."),
    "NO_SIGNATURE_FOUND": Wording(
        "Tệp này không có chữ ký số nào.", "This file carries no digital signature.", "NO_SIGNATURE_FOUND"
    ),
    "INTACT": Wording(
        "Nội dung được ký còn nguyên vẹn: giá trị băm và chữ ký khớp nhau.",
        "What was signed is intact: digest and signature value match.",
    ),
    "HASH_FAILURE": Wording(
        "Nội dung được ký đã bị sửa: giá trị băm không khớp.",
        "What was signed has been altered: the digest differs.",
        "HASH_FAILURE",
    ),
    "SIG_CRYPTO_FAILURE": Wording(
        "Giá trị chữ ký không đúng với khóa của người ký.",
        "The signature value is wrong for the signer's key.",
        "SIG_CRYPTO_FAILURE",
    ),
    "FORMAT_FAILURE": Wording("Chữ ký sai định dạng, không đọc được.", "The signature is malformed.", "FORMAT_FAILURE"),
    "SUBFILTER_UNKNOWN": Wording(
        "Chữ ký {field} thuộc loại không nhận biết được.", "Signature {field} is of an unknown kind.", "FORMAT_FAILURE"
    ),
    "SIGNER_NOT_IN_SIGNATURE": Wording(
        "Chữ ký {field} không kèm chứng thư của đúng một người ký nên không kiểm tra được.",
        "Signature {field} does not bring the certificate of exactly one signer and cannot be checked.",
        "NO_SIGNING_CERTIFICATE_FOUND",
    ),
    "OPENS_WITHOUT_PASSWORD": Wording(
        "Tệp được mã hóa nhưng mở được không cần mật khẩu.", "The file is encrypted, but opens without a password."
    ),
    "COVERAGE_LOOSE": Wording(
        "Phần chừa lại cho chữ ký rộng hơn chính chữ ký.",
        "The stretch left out for the signature is wider than the signature itself.",
        "FORMAT_FAILURE",
    ),
    "HEADER_NOT_AT_START": Wording(
        "Tệp có dữ liệu lạ trước phần mở đầu PDF.", "There are bytes before the PDF header.", "FORMAT_FAILURE"
    ),
    "BYTES_AFTER_END": Wording(
        "Có {count} byte sau dấu kết thúc tệp.", "There are {count} bytes behind the end-of-file mark.", "FORMAT_FAILURE"
    ),
    "STARTXREF_ASTRAY": Wording(
        "Con trỏ bảng tham chiếu ở cuối tệp chỉ sai chỗ.", "The last cross-reference pointer leads astray.", "FORMAT_FAILURE"
    ),
    "HIDDEN_REVISION": Wording(
        "Sau chữ ký cuối có phần ghi thêm mà bảng tham chiếu không nhận ({written} so với {parsed}).",
        "Behind the last signature stand revisions the cross-references do not know ({written} against {parsed}).",
        "FORMAT_FAILURE",
    ),
    "SIGNATURE_HIDDEN": Wording(
        "Trong tệp có {written} chữ ký nhưng chỉ tới được {reachable}: có chữ ký bị gỡ hoặc bị giấu.",
        "The file holds {written} signatures but only {reachable} can be reached: some were taken out or hidden.",
        "FORMAT_FAILURE",
    ),
    "STRICT_PARSE_FAILED": Wording(
        "Cấu trúc tệp không đúng chuẩn.", "The structure of the file breaks the standard.", "FORMAT_FAILURE"
    ),
    "HYBRID_REFERENCES": Wording(
        "Tệp có hai bảng tham chiếu song song; mỗi phần mềm có thể hiển thị một khác.",
        "The file has hybrid cross-references; programs may show it differently.",
        "FORMAT_FAILURE",
    ),
    "COVERAGE_TOO_SMALL": Wording(
        "Chữ ký không bao trùm hết phiên bản tài liệu mà nó đứng trong đó.",
        "The signature does not cover the whole revision it stands in.",
        "FORMAT_FAILURE",
    ),
    "SIGNATURE_SPACE_USED": Wording(
        "Vùng dành cho chữ ký chứa dữ liệu lạ không được ký.",
        "The space reserved for the signature holds other, unsigned data.",
        "FORMAT_FAILURE",
    ),
    "CERTIFICATE_ALTERED": Wording(
        "Chứng thư kèm theo chữ ký ({name}) đã bị sửa so với bản mà nơi cấp đã ký.",
        "A certificate carried along with the signature ({name}) is not as its issuer signed it.",
        "FORMAT_FAILURE",
    ),
    "STORE_UNREADABLE": Wording(
        "Kho bằng chứng dài hạn trong tệp bị hỏng.", "The long-term evidence in the file is damaged.", "FORMAT_FAILURE"
    ),
    # signature
    "NO_SIGNED_ATTRIBUTES": Wording(
        "Chữ ký không có thuộc tính được ký.", "The signature has no signed attributes.", "SIG_CONSTRAINTS_FAILURE"
    ),
    "SIGNING_CERTIFICATE_NOT_NAMED": Wording(
        "Chữ ký không ghi nhận chứng thư của người ký (kiểu cũ).",
        "The signature does not name the signer's certificate (older form).",
        "SIG_CONSTRAINTS_FAILURE",
    ),
    "DIGEST_WEAK": Wording(
        "Chữ ký dùng thuật toán băm đã lỗi thời ({algorithm}).",
        "The signature uses an outdated digest ({algorithm}).",
        "CRYPTO_CONSTRAINTS_FAILURE",
    ),
    "KEY_WEAK": Wording(
        "Khóa của người ký quá ngắn ({bits} bit).", "The signer's key is too short ({bits} bits).", "CRYPTO_CONSTRAINTS_FAILURE"
    ),
    "ROLE_MISSING": Wording(
        "Thiếu chữ ký {role} mà loại giấy tờ này phải có.",
        "The {role} signature this kind of document needs is missing.",
        "SIG_CONSTRAINTS_FAILURE",
    ),
    "OLD_SUBFILTER": Wording(
        "Chữ ký theo khuôn dạng cũ của PDF (adbe.pkcs7.detached), chưa phải PAdES.",
        "The signature has PDF's older form (adbe.pkcs7.detached), not PAdES.",
    ),
    # signer
    "SIGNER": Wording("Người ký: {signer}; nơi cấp chứng thư: {issuer}.", "Signer: {signer}; certificate issued by {issuer}."),
    "CHAIN_NOT_FOUND": Wording(
        "Chưa có chứng thư gốc tin cậy để xác nhận người ký.",
        "No trusted root is at hand to confirm the signer.",
        "NO_CERTIFICATE_CHAIN_FOUND",
    ),
    "CHAIN_NOT_VALID": Wording(
        "Chứng thư của người ký không hợp lệ lúc ký ({reason}).",
        "The signer's certificate does not hold at the time of signing ({reason}).",
        "CERTIFICATE_CHAIN_GENERAL_FAILURE",
    ),
    "WRONG_KEY_USAGE": Wording(
        "Chứng thư không được cấp cho việc này.", "The certificate was not issued for this purpose.", "CHAIN_CONSTRAINTS_FAILURE"
    ),
    "SIGNED_BEFORE_VALIDITY": Wording(
        "Chữ ký có trước khi chứng thư có hiệu lực ({time} so với {from}).",
        "The signature is older than the certificate ({time} against {from}).",
        "NOT_YET_VALID",
    ),
    "SIGNED_AFTER_EXPIRY": Wording(
        "Không chứng minh được chữ ký có trước khi chứng thư hết hạn ({to}).",
        "Nothing proves that the signature is older than the certificate's end ({to}).",
        "OUT_OF_BOUNDS_NO_POE",
    ),
    "LEAF_ONLY": Wording(
        "Chữ ký chỉ kèm chứng thư của người ký, không kèm chứng thư của nơi cấp.",
        "The signature brings the signer's certificate alone, without those of the authorities that issued it.",
    ),
    "NOT_DECIDED": Wording("Chưa kết luận được về chữ ký ({reason}).", "The signature cannot be decided upon ({reason})."),
    # time
    "TIME_PROVEN": Wording("Thời điểm ký {time}, có dấu thời gian tin cậy.", "Signed at {time}, proven by a trusted time-stamp."),
    "TIME_CLAIMED": Wording("Thời điểm ký {time} do người ký tự khai.", "Signed at {time} as claimed by the signer.", "NO_POE"),
    "TIME_UNKNOWN": Wording("Không rõ thời điểm ký.", "The time of signing is unknown.", "NO_POE"),
    "TIME_IN_WRONG_ZONE": Wording(
        "Phần mềm ký ghi giờ địa phương thành giờ UTC: {written}, đúng ra là {meant}.",
        "The signing tool wrote local time as UTC: {written}, which means {meant}.",
    ),
    "TIMESTAMP_NOT_TRUSTED": Wording(
        "Có dấu thời gian {time} nhưng chưa tin cậy được nơi cấp ({reason}).",
        "There is a time-stamp of {time}, but its authority is not trusted ({reason}).",
        "NO_POE",
    ),
    "TIMESTAMP_BROKEN": Wording(
        "Dấu thời gian không khớp với chữ ký ({reason}).",
        "The time-stamp does not belong to the signature ({reason}).",
        "GENERIC",
    ),
    # revocation
    "NOT_REVOKED": Wording("Chứng thư chưa bị thu hồi lúc ký.", "The certificate was not revoked when signing."),
    "REVOKED": Wording(
        "Chứng thư của người ký đã bị thu hồi ({time}).", "The signer's certificate had been revoked ({time}).", "REVOKED_NO_POE"
    ),
    "AUTHORITY_REVOKED": Wording(
        "Chứng thư của nơi cấp đã bị thu hồi ({time}).", "The issuing authority had been revoked ({time}).", "REVOKED_CA_NO_POE"
    ),
    "REVOCATION_UNKNOWN": Wording(
        "Thiếu thông tin thu hồi chứng thư còn hạn dùng.", "Current revocation information is missing.", "TRY_LATER"
    ),
    "NO_REVOCATION_EVIDENCE": Wording(
        "Cả trong tệp lẫn trên máy kiểm tra đều không có thông tin thu hồi của chứng thư này.",
        "Neither the file nor the verifier holds revocation information on this certificate.",
    ),
    # changes
    "COVERS_WHOLE_FILE": Wording("Chữ ký bao trùm toàn bộ tệp.", "The signature covers the whole file."),
    "ONLY_EVIDENCE_ADDED": Wording(
        "Sau chữ ký chỉ thêm bằng chứng dài hạn.", "Only long-term evidence was added after the signature."
    ),
    "SIGNATURES_ADDED": Wording("Sau chữ ký này có thêm chữ ký khác.", "Further signatures were added after this one."),
    "CHANGED_AFTER_SIGNING": Wording(
        "Tài liệu đã bị thay đổi sau khi ký.", "The document was changed after signing.", "FORMAT_FAILURE"
    ),
    "PAGE_CHANGED": Wording(
        "Nội dung trang đã bị thay đổi sau khi ký.", "The content of a page was changed after signing.", "FORMAT_FAILURE"
    ),
    "PAGES_ADDED_OR_REMOVED": Wording(
        "Số trang đã thay đổi sau khi ký.", "Pages were added or removed after signing.", "FORMAT_FAILURE"
    ),
    "ANNOTATION_ADDED": Wording(
        "Sau khi ký có thêm nội dung phủ lên trang.", "Something was laid over a page after signing.", "FORMAT_FAILURE"
    ),
    "ANNOTATION_REMOVED": Wording(
        "Sau khi ký, nội dung phủ trên trang đã bị gỡ.",
        "Something that lay over a page was removed after signing.",
        "FORMAT_FAILURE",
    ),
    "ANNOTATION_PERMITTED": Wording(
        "Sau khi ký có thêm ghi chú, loại thay đổi mà người ký cho phép.",
        "Notes were added after signing, which the signer permits.",
    ),
    "METADATA_CHANGED": Wording(
        "Sau chữ ký này, thông tin mô tả của tệp đã được ghi lại.", "Metadata of the file were rewritten after this signature."
    ),
    "FORM_CHANGED": Wording("Sau khi ký, nội dung biểu mẫu đã thay đổi.", "Form values were changed after signing."),
    "UNEXPLAINED_CHANGE": Wording(
        "Sau khi ký có thay đổi không giải thích được.", "There are changes after signing that nothing explains."
    ),
    "LAST_REVISION_UNSIGNED": Wording(
        "Phần cuối của tệp không được chữ ký nào bảo vệ.", "The last revision is protected by no signature.", "FORMAT_FAILURE"
    ),
    "MORE_THAN_EVIDENCE": Wording(
        "Sau chữ ký cuối cùng còn có thay đổi khác ngoài bằng chứng dài hạn.",
        "Behind the last signature stands more than long-term evidence.",
        "FORMAT_FAILURE",
    ),
}


_CODED = frozenset({"reason", "role"})
"""Parameters whose values are codes; a sentence tells them in words."""


def sentence(finding: Finding, lang: str = "vi") -> str:
    """The sentence of `finding` in `vi` or `en`; a missing parameter shows as `?`."""
    wording = CATALOGUE[finding.code]
    params = {
        name: phrase(value, lang) if name in _CODED and isinstance(value, str) else value
        for name, value in finding.params.items()
    }
    return (wording.vi if lang == "vi" else wording.en).format_map(_Lenient(params))


def indicates(finding: Finding) -> str:
    """The sub-indication a finding stands for."""
    return CATALOGUE[finding.code].indicates


class _Lenient(dict[str, Param]):
    def __missing__(self, key: str) -> str:
        return "?"
