"""What can go wrong at a scanner, told so that the person beside it knows what to do. SANE's own words become these."""

from __future__ import annotations

from api.errors import ApiError
from ingest.errors import NextStep


class ScannerMissing(ApiError):
    """No `scanimage` program, or no scanner that answers."""

    code = "api.scanner_missing"
    next_step = NextStep.ADMIN
    vi = "Không tìm thấy máy quét ({why}). Cài gói sane-utils, bật máy quét rồi thử lại."
    en = "No scanner was found ({why}). Install sane-utils, switch the scanner on and try again."


class ScannerBusy(ApiError):
    """Somebody else is scanning with it."""

    code = "api.scanner_busy"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Máy quét {device} đang được người khác dùng. Đợi lượt quét kia xong rồi bấm lại."
    en = "The scanner {device} is in use by somebody else. Wait until that scan is through and try again."


class ScannerStopped(ApiError):
    """The scanner stopped before the stack was through; the pages before it are taken in."""

    code = "api.scanner_stopped"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Máy quét dừng sau {pages} trang ({why}). Các trang đã quét được giữ lại; kiểm tra máy rồi quét tiếp vào cùng lô."
    en = "The scanner stopped after {pages} pages ({why}). They are kept; look at it, then scan the rest into the same batch."


class ScannerJammed(ScannerStopped):
    """A paper jam."""

    code = "api.scanner_stopped.jammed"
    vi = "Kẹt giấy sau {pages} trang. Các trang đã quét được giữ lại; gỡ giấy kẹt rồi quét tiếp các tờ còn lại vào cùng lô."
    en = "Paper jam after {pages} pages. They are kept; clear the paper and scan the remaining sheets into the same batch."


class ScannerOpen(ScannerStopped):
    """Its cover is open."""

    code = "api.scanner_stopped.open"
    vi = "Nắp máy quét đang mở (đã quét {pages} trang, các trang đó được giữ lại). Đóng nắp rồi quét tiếp vào cùng lô."
    en = "The scanner's cover is open ({pages} pages were scanned and are kept). Close it and scan the rest into the same batch."


class FeederEmpty(ScannerStopped):
    """No paper in the feeder."""

    code = "api.scanner_stopped.empty"
    vi = "Khay nạp không có giấy, chưa quét được trang nào. Đặt giấy vào khay rồi quét lại."
    en = "There is no paper in the feeder; nothing was scanned. Put the paper in and scan again."


class ScannerSilent(ScannerStopped):
    """No page came in the time one may take (`SOHOA_SCAN__PAGE_SECONDS`)."""

    code = "api.scanner_stopped.silent"
    vi = "Máy quét không trả lời nữa sau {pages} trang. Các trang đã quét được giữ lại; tắt bật máy rồi quét tiếp vào cùng lô."
    en = "The scanner fell silent after {pages} pages. They are kept; switch it off and on and scan the rest into the same batch."


WORDS: tuple[tuple[str, type[ScannerStopped]], ...] = (
    ("feeder jammed", ScannerJammed),
    ("cover is open", ScannerOpen),
    ("out of documents", FeederEmpty),
)
"""Parts of what SANE says (`sane_strstatus`), with what it means."""
BUSY = "device busy"
EMPTY = "out of documents"


def told(why: str, pages: int, device: str) -> ApiError:
    """SANE's words as one of ours."""
    said = why.lower()
    if BUSY in said:
        return ScannerBusy(device=device)
    kind = next((kind for words, kind in WORDS if words in said), ScannerStopped)
    return kind(pages=pages, why=why)
