"""What is said about papers that seem to be state secrets."""

from __future__ import annotations

from api.errors import ApiError
from ingest.errors import NextStep, Param
from ocr.model import SecrecyLevel

NAMES = {SecrecyLevel.MAT: "MẬT", SecrecyLevel.TOI_MAT: "TỐI MẬT", SecrecyLevel.TUYET_MAT: "TUYỆT MẬT"}
"""As the marks say it."""


class SecretMarked(ApiError):
    """Page `page` (from 1) bears a mark of state secrecy: its paper is stopped and shown to nobody (Law 117/2025/QH15)."""

    code = "api.secret_marked"
    next_step = NextStep.GIVE_UP
    vi = (
        "Trang {page} có dấu chỉ độ mật «{level}». Giấy tờ đã bị dừng và không hiển thị cho ai: tài liệu bí mật nhà nước không"
        " được số hóa ở đây. Cất riêng bản giấy và báo ngay người phụ trách bảo vệ bí mật nhà nước."
    )
    en = (
        "Page {page} bears the mark of state secrecy “{level}”. The paper was stopped and is shown to nobody: state secrets must"
        " not be digitised here. Put the paper away and tell the person in charge of state secrets at once."
    )

    def shown(self, lang: str) -> dict[str, Param]:  # noqa: ARG002 - marks are the same in every language
        """The level as the mark says it."""
        level = str(self.params.get("level", ""))
        return {**self.params, "level": NAMES[SecrecyLevel(level)] if level in set(SecrecyLevel) else level}


class SecretWithheld(ApiError):
    """The paper, or the file it came in, bears a mark of state secrecy; nothing of it is given out."""

    code = "api.secret_withheld"
    next_step = NextStep.ADMIN
    vi = "Không hiển thị: giấy tờ này (hoặc tệp chứa nó) có dấu chỉ độ mật và đang chờ người có thẩm quyền xem xét."
    en = "Not shown: this paper, or the file it came in, bears a mark of state secrecy and awaits a decision."
