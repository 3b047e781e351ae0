"""What a stack of papers with separator sheets may lack: each a line a person can act on."""

from __future__ import annotations

from ingest.errors import IngestError, NextStep


class SheetUnreadable(IngestError):
    """The QR code of the separator sheet before these pages cannot be read; `page` counts from 1."""

    code = "ingest.sheet_unreadable"
    next_step = NextStep.RETRY
    vi = "Không đọc được mã QR của tờ ngăn trước trang {page}; hãy xem các trang rồi xếp vào đúng thành phần hồ sơ."
    en = "The QR code of the separator sheet before page {page} cannot be read; look at the pages and put them where they belong."


class SheetMissing(IngestError):
    """Separator sheet number `sheet` of the print was not found between pages `page` and `last`: two papers may lie there."""

    code = "ingest.sheet_missing"
    next_step = NextStep.RETRY
    vi = "Không thấy tờ ngăn số {sheet} giữa trang {page} và trang {last}: có thể hai giấy tờ đã dính làm một. Hãy xem các trang."
    en = "Separator sheet {sheet} was not found between pages {page} and {last}: two papers may be one now. Look at the pages."
