"""What goes wrong with anchors of the ledger."""

from __future__ import annotations

from ingest.errors import NextStep
from signing.errors import SigningError


class AnchorUnreadable(SigningError):
    """The file is no anchor of a ledger, or is damaged."""

    code = "signing.anchor_unreadable"
    next_step = NextStep.ADMIN
    vi = "Tệp {name} không phải mốc neo của sổ nhật ký hoặc đã hỏng."
    en = "The file {name} is no anchor of a ledger, or it is damaged."


class ExportRefused(SigningError):
    """The folder for anchors cannot be written, or a file of another content stands where an anchor should (`name`)."""

    code = "signing.anchor_export_refused"
    next_step = NextStep.ADMIN
    vi = "Không ghi được mốc neo vào {name}: không có quyền ghi, hết chỗ, hoặc đã có tệp khác trùng tên."
    en = "Anchors cannot be written to {name}: no permission, no space, or another file has the name."
