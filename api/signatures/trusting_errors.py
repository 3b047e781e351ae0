"""What goes wrong with the trust list beyond the files themselves."""

from __future__ import annotations

from api.errors import ApiError
from ingest.errors import NextStep


class PinContradicted(ApiError):
    """The fingerprint a person gives is not the one known of this anchor. Nothing was fetched."""

    code = "api.pin_contradicted"
    next_step = NextStep.ADMIN
    vi = "Dấu vân tay đưa vào ({given}) khác dấu vân tay đã biết của {name} ({known}). Chưa tải gì; hãy hỏi lại cơ quan cấp."
    en = "The fingerprint given ({given}) is not the one known of {name} ({known}). Nothing was fetched; ask the authority."


class AnchorNotPublished(ApiError):
    """No address is known from which this anchor could be fetched; its file must be brought."""

    code = "api.anchor_not_published"
    next_step = NextStep.ADMIN
    vi = "Chưa biết địa chỉ tải chứng thư {name}. Tải tệp từ trang của cơ quan cấp rồi chạy `sohoa trust add TỆP --sha256 …`."
    en = "No address is known for {name}. Get its file from the authority and run `sohoa trust add FILE --sha256 …`."


class RevocationRunsOut(ApiError):
    """Revocation lists are out of force (`names`) and newer ones could not be had (`url`, `why`)."""

    code = "api.revocation_runs_out"
    retryable = True
    next_step = NextStep.ADMIN
    vi = "Dữ liệu thu hồi đã hết hạn: {names}; chưa tải được bản mới từ {url} ({why}). Việc ký sẽ chờ; hệ thống tự thử lại."
    en = "Revocation data is out of force: {names}; no newer data from {url} ({why}). Signing waits; it is tried again by itself."
