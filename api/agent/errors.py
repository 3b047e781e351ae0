"""What the agent refuses."""

from __future__ import annotations

from api.errors import ApiError
from ingest.errors import NextStep


class OriginRefused(ApiError):
    """The request comes from a page (or host name) that was not allowed when the agent was started."""

    code = "api.agent_origin_refused"
    next_step = NextStep.ADMIN
    vi = "Chương trình ký từ chối: yêu cầu không đến từ địa chỉ đã cho phép khi khởi động."
    en = "The signing agent refuses: the request does not come from an address allowed at its start."


class SigningDeclined(ApiError):
    """The person at the desk did not say yes."""

    code = "api.agent_declined"
    next_step = NextStep.RETRY
    vi = "Người giữ khóa không đồng ý ký. Chưa ký gì cả."
    en = "The keeper of the key did not agree. Nothing was signed."


class NoSuchKey(ApiError):
    """The certificate asked for is not one of the agent's."""

    code = "api.agent_no_such_key"
    next_step = NextStep.RETRY
    vi = "Chương trình ký không giữ khóa của chứng thư này. Tải lại trang rồi chọn lại chứng thư."
    en = "The signing agent does not hold the key of this certificate. Reload the page and choose again."


class PortTaken(ApiError):
    """The agent cannot listen on its port: another one runs already, or another program has it."""

    code = "api.agent_port_taken"
    next_step = NextStep.RETRY
    vi = "Không mở được cổng {port}: chương trình ký khác đang chạy? Hãy đóng nó hoặc chọn cổng khác bằng --port."
    en = "Port {port} cannot be opened: does another agent run? Close it or choose another port with --port."


class ServerUnreachable(ApiError):
    """The server does not answer."""

    code = "api.server_unreachable"
    retryable = True
    next_step = NextStep.RETRY
    vi = "Máy chủ {name} không trả lời. Kiểm tra địa chỉ và mạng rồi chạy lại; những gì đã ký không mất."
    en = "The server {name} does not answer. Check address and network and run it again; what was signed is not lost."


class ServerRefused(ApiError):
    """The server refuses the request as a whole; `why` is its own sentence."""

    code = "api.server_refused"
    next_step = NextStep.RETRY
    vi = "Máy chủ từ chối ({status}): {why}"
    en = "The server refuses ({status}): {why}"


class ServerInsecure(ApiError):
    """The address is not https (http is for this machine only): the access token travels with every request."""

    code = "api.server_insecure"
    next_step = NextStep.GIVE_UP
    vi = "Địa chỉ máy chủ phải bắt đầu bằng https:// (http:// chỉ dùng cho chính máy này), vì mã truy cập được gửi kèm."
    en = "The server's address must begin with https:// (http:// only for this very machine): the access token travels to it."
