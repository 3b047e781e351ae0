"""What the desk of pages refuses."""

from __future__ import annotations

from api.errors import ApiError
from ingest.errors import NextStep


class PaperStored(ApiError):
    """The paper has become a record; its pages cannot be changed any more, only replaced by another record."""

    code = "api.paper_stored"
    next_step = NextStep.REPLACE
    vi = "Giấy tờ này đã thành kết quả số hóa, không sửa trang được nữa; hãy số hóa lại và thay thế kết quả cũ."
    en = "This paper has become a record; its pages cannot be changed. Digitise it again and replace the record."


class PaperClosed(ApiError):
    """The paper was given up, or all its pages belong to other papers."""

    code = "api.paper_closed"
    next_step = NextStep.GIVE_UP
    vi = "Giấy tờ này đã bỏ hoặc đã gộp vào giấy tờ khác, không còn trang để sắp xếp."
    en = "This paper was given up or merged into another one; there are no pages to arrange."


class PagesChanged(ApiError):
    """Somebody else arranged the pages meanwhile."""

    code = "api.pages_changed"
    next_step = NextStep.RETRY
    vi = "Người khác vừa sắp xếp lại các trang này; hãy xem lại rồi làm tiếp."
    en = "Somebody else has just arranged these pages; look again, then go on."


class NoPageChosen(ApiError):
    """A change of pages names none, or a page that is not part of the paper."""

    code = "api.no_page_chosen"
    next_step = NextStep.RETRY
    vi = "Hãy chọn ít nhất một trang của giấy tờ này."
    en = "Choose at least one page of this paper."


class NoPageLeft(ApiError):
    """A change would leave a paper without any page."""

    code = "api.no_page_left"
    next_step = NextStep.GIVE_UP
    vi = "Giấy tờ phải còn ít nhất một trang. Nếu không cần giấy tờ này, hãy bỏ cả giấy tờ."
    en = "A paper needs at least one page. Give the whole paper up if it is not wanted."


class PageReasonMissing(ApiError):
    """Leaving a page out, or scanning it again, needs a reason."""

    code = "api.page_reason_missing"
    next_step = NextStep.RETRY
    vi = "Hãy ghi lý do loại trang hoặc quét lại trang."
    en = "Say why the page is left out or scanned again."


class OtherBatch(ApiError):
    """Pages may go to papers of the same batch only."""

    code = "api.other_batch"
    next_step = NextStep.RETRY
    vi = "Chỉ chuyển hoặc gộp trang giữa các giấy tờ khác nhau trong cùng một lô."
    en = "Pages can be moved or merged only between different papers of one batch."


class NotHeld(ApiError):
    """The paper does not wait for a look at its pages."""

    code = "api.not_held"
    next_step = NextStep.GIVE_UP
    vi = "Giấy tờ này không ở trạng thái chờ xem trang."
    en = "This paper does not wait for a look at its pages."


class PageComing(ApiError):
    """A page that was scanned again is still on its way."""

    code = "api.page_coming"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Còn trang quét lại đang được xử lý; hãy chờ một lát rồi bấm lại."
    en = "A page that was scanned again is still being processed; wait a moment and press again."


class NoArchiveHere(ApiError):
    """One page was to be scanned again, and an archive came."""

    code = "api.no_archive_here"
    next_step = NextStep.REPLACE
    vi = "Để thay một trang, hãy gửi ảnh hoặc PDF của trang đó, không gửi tệp nén."
    en = "To replace a page, send an image or a PDF of it, not an archive."
