"""What the dossier desk, reuse and the life of records refuse."""

from __future__ import annotations

from api.errors import ApiError
from ingest.errors import NextStep, Param


class OwnerUnidentified(ApiError):
    """Neither an identifier nor a name with something to tell its bearer from others (Circular 01/2023 Art. 9-10)."""

    code = "api.dossier.owner_unidentified"
    next_step = NextStep.RETRY
    vi = "Chưa xác định được chủ hồ sơ: nhập mã định danh, hoặc họ tên cùng ngày sinh, địa chỉ hay giấy tờ khác."
    en = "The owner is not identified: give an identifier, or a name with a date of birth, an address or another paper."


class UnknownProcedure(ApiError):
    """The procedure is not in the catalogue on that day."""

    code = "api.dossier.unknown_procedure"
    next_step = NextStep.RETRY
    vi = "Danh mục thủ tục không có mã «{procedure}» vào ngày {day}."
    en = "The catalogue has no procedure “{procedure}” on {day}."


class DossierDayImpossible(ApiError):
    """A dossier whose code or receipt lies in the future, or that was received before the day in its code."""

    code = "api.dossier.day_impossible"
    next_step = NextStep.RETRY
    vi = "Ngày trong mã hồ sơ ({coded}) và ngày tiếp nhận ({received}) không hợp lý: không được sau hôm nay ({today})."
    en = "The day in the dossier code ({coded}) and the day of receipt ({received}) cannot be: neither may be after {today}."


class DossierKnown(ApiError):
    """A dossier of this code was opened before."""

    code = "api.dossier.known"
    next_step = NextStep.GIVE_UP
    vi = "Hồ sơ {dossier} đã được mở; hãy tìm và dùng tiếp hồ sơ đó."
    en = "Dossier {dossier} was opened before; find it and go on with it."


class DossierClosed(ApiError):
    """Nothing of a stopped or refused dossier is digitised or reused."""

    code = "api.dossier.closed"
    next_step = NextStep.GIVE_UP
    vi = "Hồ sơ {dossier} đã dừng hoặc bị từ chối nên không số hóa, không tái sử dụng thêm giấy tờ."
    en = "Dossier {dossier} was stopped or refused; nothing more of it is digitised or reused."


class DossierUnopened(ApiError):
    """A delivery names a dossier that nobody has opened, where that is required, or a component it does not have."""

    code = "api.dossier.unopened"
    next_step = NextStep.RETRY
    vi = "Chưa có hồ sơ {dossier}, hoặc hồ sơ không có thành phần «{component}»; hãy mở hồ sơ ở mục «Hồ sơ» trước."
    en = "There is no dossier {dossier}, or it has no component “{component}”; open it under “Dossiers” first."


class ReasonUnknown(ApiError):
    """No such reason for not digitising holds today, or it does not fit this component."""

    code = "api.dossier.reason_unknown"
    next_step = NextStep.RETRY
    vi = "Lý do «{reason}» không dùng được cho thành phần này; hãy chọn lý do trong danh mục, kèm ghi chú nếu được yêu cầu."
    en = "The reason “{reason}” does not fit this component; choose one of the list, with a note where one is asked for."


class ComponentServed(ApiError):
    """The component has a paper; that must be taken out first."""

    code = "api.dossier.component_served"
    next_step = NextStep.RETRY
    vi = "Thành phần này đã có giấy tờ ({record}); hãy bỏ ra trước."
    en = "The component has a paper ({record}); take it out first."


class FiledAlready(ApiError):
    """The paper does not wait for a person to say where it belongs."""

    code = "api.dossier.filed_already"
    next_step = NextStep.GIVE_UP
    vi = "Giấy tờ này không chờ xếp vào hồ sơ; có thể người khác vừa xếp."
    en = "This paper does not wait to be put anywhere; somebody else may just have done it."


class FiledByHand(ApiError):
    """Trying again changes nothing: a person must say where the paper belongs."""

    code = "api.dossier.filed_by_hand"
    next_step = NextStep.RETRY
    vi = "Thử lại không ích gì: hãy xem các trang rồi xếp giấy tờ vào đúng thành phần hồ sơ, hoặc bỏ."
    en = "Trying again changes nothing: look at the pages and say where the paper belongs, or give it up."


class NotEligible(ApiError):
    """The eligibility test has questions that were not answered with yes and nobody answers for."""

    code = "api.reuse.not_eligible"
    next_step = NextStep.RETRY
    vi = "Chưa dùng lại được giấy tờ này: {questions}."
    en = "The record cannot be reused yet: {questions}."

    def shown(self, lang: str) -> dict[str, Param]:
        """The open questions by their names in that language."""
        return self.params if lang == "vi" else {**self.params, "questions": self.params.get("questions_en", "?")}


class RecordEnded(ApiError):
    """The record was annulled or replaced already."""

    code = "api.record.ended"
    next_step = NextStep.GIVE_UP
    vi = "Kết quả số hóa này đã bị hủy hoặc thay thế trước đó."
    en = "This record was annulled or replaced before."


class BadReplacement(ApiError):
    """A record cannot take the place of itself, of another owner's, or be one that has no force."""

    code = "api.record.bad_replacement"
    next_step = NextStep.RETRY
    vi = "Kết quả thay thế «{by}» không dùng được: phải là kết quả khác, cùng chủ, đang có hiệu lực."
    en = "“{by}” cannot take its place: it must be another record of the same owner that is in force."


class DecisionImpossible(ApiError):
    """A decision needs a number, a reason, and a day that is neither to come nor before the record."""

    code = "api.record.decision_impossible"
    next_step = NextStep.RETRY
    vi = "Quyết định thiếu số, lý do, hoặc ngày ({decided_on}) sau hôm nay hay trước ngày lưu kết quả số hóa."
    en = "The decision lacks a number or a reason, or its day ({decided_on}) is to come or before the record was stored."


class PackageTooLarge(ApiError):
    """More records were asked for than one package holds, or none."""

    code = "api.package_size"
    next_step = NextStep.RETRY
    vi = "Mỗi gói tải về có từ 1 đến {most} kết quả số hóa; bạn đã chọn {count}."
    en = "A package holds 1 to {most} records; {count} were asked for."
