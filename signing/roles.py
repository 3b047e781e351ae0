"""In whose name a certificate stands: a person's or an agency's.

Vietnamese certificates carry no agreed marker, so several are read, the strongest first: ETSI's organisation identifier or
given name, the `MST:`/`CCCD:` user identifiers of public authorities, then the wording of the common name.
"""

from __future__ import annotations

import re
import unicodedata

from asn1crypto import x509

from signing.model import Role

_AGENCY_WORDS = (
    "ủy ban ", "uỷ ban ", "uy ban ", "ubnd ", "hđnd ", "hội đồng ", "hoi dong ", "văn phòng ", "van phong ", "trung tâm ",
    "trung tam ", "sở ", "cục ", "chi cục ", "tổng cục ", "bộ ", "vụ ", "ban ", "viện ", "phòng ", "công an ", "tòa án ",
    "toà án ", "viện kiểm sát ", "kho bạc ", "bảo hiểm ", "trường ", "bệnh viện ", "công ty ", "ngân hàng ", "chi nhánh ",
    "thanh tra ", "quỹ ", "hội ", "đảng ủy ", "đảng uỷ ", "tỉnh ủy ", "huyện ủy ", "cơ quan ", "co quan ", "đơn vị ", "hạt ",
    "đội ", "trạm ", "đoàn thanh niên ", "đoàn đại biểu ",
)  # fmt: skip
"""How the names of agencies begin. With diacritics: without them `Vụ` (a department) is `Vũ` (a family)."""
_PERSON_IDS = ("cccd:", "cmnd:", "hc:")
_AGENCY_IDS = ("mst:", "mns:", "mdvqhns:")
_PERSON_NAME = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){1,5}")


def role_of(certificate: x509.Certificate) -> Role:
    """The role a signer's certificate stands for; UNKNOWN when nothing in it tells."""
    subject = {key: _texts(value) for key, value in certificate.subject.native.items()}
    if "organization_identifier" in subject:
        return Role.AGENCY
    if "given_name" in subject or "surname" in subject:
        return Role.PERSONAL
    ids = [text.casefold().replace(" ", "") for text in subject.get("user_id", []) + subject.get("serial_number", [])]
    if any(text.startswith(_PERSON_IDS) for text in ids):
        return Role.PERSONAL
    if any(text.startswith(_AGENCY_IDS) for text in ids):
        return Role.AGENCY
    return _by_name(subject)


def _by_name(subject: dict[str, list[str]]) -> Role:
    name = (subject.get("common_name") or [""])[0].strip()
    plain = _plain(name) + " "
    if plain.startswith(_AGENCY_WORDS) or plain.strip() in {_plain(text) for text in subject.get("organization_name", [])}:
        return Role.AGENCY
    return Role.PERSONAL if _PERSON_NAME.fullmatch(unicodedata.normalize("NFC", name)) else Role.UNKNOWN


def signer_name(certificate: x509.Certificate) -> str:
    """Common name of the subject, or the whole subject when it has none."""
    names = _texts(certificate.subject.native.get("common_name", []))
    return names[0] if names else str(certificate.subject.human_friendly)


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _plain(text: str) -> str:
    """Composed letters in lower case: certificates are written in either Unicode form and often in capitals."""
    return unicodedata.normalize("NFC", text).casefold().strip()
