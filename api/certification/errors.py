"""What certifying a copy refuses before a number is taken, and what later acts on it refuse."""

from __future__ import annotations

from api.errors import ApiError
from ingest.errors import NextStep


class PaperSecret(ApiError):
    """The paper bears a secrecy mark; state secrets are neither copied here nor certified (Decree 23/2015 Art. 22)."""

    code = "api.certification.paper_secret"
    next_step = NextStep.GIVE_UP
    vi = "Giấy tờ có dấu chỉ độ mật ({mark}); không được sao chụp và chứng thực trên hệ thống này."
    en = "The paper bears a secrecy mark ({mark}); it may not be copied or certified here."


class NotCertifiable(ApiError):
    """The paper has no finished record, or one that is no longer in force."""

    code = "api.certification.not_certifiable"
    next_step = NextStep.GIVE_UP
    vi = "Giấy tờ này chưa số hóa xong hoặc không còn hiệu lực nên không thể chứng thực bản sao."
    en = "This paper is not digitised to the end, or no longer in force; its copy cannot be certified."


class NotPaper(ApiError):
    """Certified copies are made from paper originals only (Decree 45/2020 Art. 3 §9); this came as a digitally signed file."""

    code = "api.certification.not_paper"
    next_step = NextStep.GIVE_UP
    vi = "Đây là tệp điện tử đã ký số, không phải bản quét từ bản chính giấy; chỉ chứng thực bản sao từ bản chính giấy."
    en = "This is a digitally signed file, no scan of a paper original; only copies of paper originals are certified here."


class BadCertificationRequest(ApiError):
    """A part of the request is missing or out of bounds."""

    code = "api.certification.bad_request"
    next_step = NextStep.RETRY
    vi = "Yêu cầu chứng thực thiếu hoặc sai: {what}."
    en = "The certification request lacks or misstates: {what}."


class DecisionDayImpossible(ApiError):
    """A decision of annulment of a day to come, or from before the copy was issued."""

    code = "api.certification.decision_day_impossible"
    next_step = NextStep.RETRY
    vi = "Ngày quyết định hủy ({decided_on}) không thể sau hôm nay ({today}) hoặc trước ngày phát hành bản sao ({issued_on})."
    en = "The decision's day ({decided_on}) can be neither after today ({today}) nor before the copy was issued ({issued_on})."


class ChecklistIncomplete(ApiError):
    """Every ground of refusal must be answered before a number is taken."""

    code = "api.certification.checklist_incomplete"
    next_step = NextStep.RETRY
    vi = "Chưa trả lời đủ danh mục kiểm tra trước khi chứng thực: {missing}."
    en = "The checklist is not answered in full: {missing}."


class NotCompared(ApiError):
    """Nobody has said that the scan equals the original shown, with all its pages (Circular 01/2020/TT-BTP Art. 10)."""

    code = "api.certification.not_compared"
    next_step = NextStep.RETRY
    vi = "Phải xác nhận đã đối chiếu: bản quét đúng với bản chính và đủ các trang có thông tin."
    en = "Say that the scan equals the original shown and that every page with information is there."


class PageCountDiffers(ApiError):
    """The original has another number of pages than the scan: a page is missing or was scanned twice."""

    code = "api.certification.page_count_differs"
    next_step = NextStep.REPLACE
    vi = "Bản chính có {counted} trang nhưng bản quét có {pages} trang; hãy đếm lại, hoặc quét lại cho đủ trang."
    en = "The original has {counted} pages, the scan {pages}; count again, or have it scanned again."


class ComparedOther(ApiError):
    """What was compared is not what would be certified."""

    code = "api.certification.compared_other"
    next_step = NextStep.RETRY
    vi = "Bản đã đối chiếu khác bản đang lưu; mở lại giấy tờ rồi đối chiếu lại với bản chính."
    en = "What was compared is not what is stored; open the paper again and compare it with the original."


class SamePerson(ApiError):
    """Four eyes: whoever scanned the paper may not certify it."""

    code = "api.certification.same_person"
    next_step = NextStep.GIVE_UP
    vi = "Người đã quét giấy tờ không được tự chứng thực; cần người khác thực hiện."
    en = "Whoever scanned the paper may not certify it; another person must."


class OtherUnit(ApiError):
    """A certification belongs to another unit than the one who asks."""

    code = "api.certification.other_unit"
    next_step = NextStep.ADMIN
    vi = "Việc này thuộc đơn vị {unit}; bạn chỉ được làm việc của đơn vị mình."
    en = "This belongs to unit {unit}; you may act for your own unit only."


class TooManyLookups(ApiError):
    """One address asked the public check too often."""

    code = "api.certification.too_many_lookups"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Bạn tra cứu quá nhiều lần; hãy thử lại sau {seconds} giây."
    en = "Too many look-ups from your address; try again in {seconds} seconds."


class CopyUnsound(ApiError):
    """The finished copy did not pass verification with both roles; it is not issued."""

    code = "api.certification.copy_unsound"
    next_step = NextStep.ADMIN
    vi = "Bản sao đã ký không qua được kiểm tra ({why}); chưa phát hành."
    en = "The signed copy did not pass verification ({why}); it is not issued."


class NotReplaceable(ApiError):
    """A certification under way has no file that could be replaced; retry it, or void its number."""

    code = "api.certification.not_replaceable"
    vi = "Việc chứng thực không thay tệp được; hãy thử lại, hoặc hủy số kèm lý do."
    en = "A certification has no file to replace; retry it, or void its number with a reason."


class CertifierChanged(ApiError):
    """The certifier's key was changed for another person's between attestation and signature."""

    code = "api.certification.certifier_changed"
    next_step = NextStep.GIVE_UP
    vi = "Khóa ký của người chứng thực đã đổi sang người khác sau khi cấp số; hủy số này kèm lý do rồi chứng thực lại."
    en = "The certifier's key became another person's after the number was taken; void it with a reason and certify anew."


class PublicAddressMissing(ApiError):
    """The QR code of a copy signed with real keys would lead nowhere: the public address is not configured."""

    code = "api.certification.public_address_missing"
    next_step = NextStep.ADMIN
    vi = "Chưa cấu hình địa chỉ tra cứu công khai (SOHOA_CERTIFICATION__PUBLIC_BASE); mã QR trên bản sao sẽ không dùng được."
    en = "The public address (SOHOA_CERTIFICATION__PUBLIC_BASE) is not configured; the QR code on the copy would lead nowhere."


class OtherCertifier(ApiError):
    """The certifier named in the lời chứng is not the person the certificate belongs to; the signature is not taken."""

    code = "api.certification.other_certifier"
    next_step = NextStep.RETRY
    vi = "Lời chứng ghi người thực hiện là «{named}», nhưng chứng thư số là của «{signer}»; đúng người đó phải ký."
    en = "The wording names “{named}” as the certifier, but the certificate is “{signer}”'s; that very person must sign."


class SameHand(ApiError):
    """The agency's signature is put by another person than the certifier (domain: the agency's token is kept by văn thư)."""

    code = "api.certification.same_hand"
    next_step = NextStep.GIVE_UP
    vi = "Người đã chứng thực không được tự ký số cơ quan; văn thư (người khác) phải ký."
    en = "Whoever certified may not put the agency's signature; văn thư, another person, must."


class ReleasedBySigning(ApiError):
    """The agency's key is at văn thư's desk: signing there is the release."""

    code = "api.certification.released_by_signing"
    next_step = NextStep.GIVE_UP
    vi = "Khóa cơ quan do văn thư giữ: văn thư ký ở mục «Chờ ký», không cần bước cho phép riêng."
    en = "The agency's key is with văn thư, who signs under “To sign”; there is nothing to release besides."
