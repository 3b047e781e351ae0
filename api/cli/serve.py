"""`sohoa serve`: the web pages and the API only; workers run elsewhere."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.options import command, json_option, lang_option
from api.cli.serving import address, listen, serve
from api.settings import load
from api.watch.logs import configure
from api.wiring import LASTING
from api.wiring import build as join


def build() -> Any:
    """The command, in the language of this run."""
    return command(
        "serve",
        run,
        say(
            "Chỉ chạy trang web và API; cần `sohoa worker` ở nơi khác để xử lý (SOHOA_BROKER_URL).",
            "Run the web pages and API only; `sohoa worker` does the work elsewhere (SOHOA_BROKER_URL).",
        ),
    )


def run(
    host: Annotated[
        str | None, typer.Option("--host", metavar="HOST", help=say("Địa chỉ lắng nghe.", "Address to listen on."))
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", metavar="PORT", min=0, max=65535, help=say("Cổng; 0 = tự chọn.", "Port; 0 = any."))
    ] = None,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Serve until told to stop."""
    chosen = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    settings = load(**chosen)
    configure(settings.log)
    with listen(settings.host, settings.port) as opened:
        sohoa = join(settings, LASTING)
        try:
            if as_document:
                console.line_document({"address": address(opened)})
            else:
                console.out(say("Trang web", "Web pages") + f": {address(opened)}")
            if settings.embedded:
                console.note(
                    say(
                        "Chưa có bộ xử lý: đặt SOHOA_BROKER_URL và chạy `sohoa worker`, hoặc dùng `sohoa run`.",
                        "No worker: set SOHOA_BROKER_URL and start `sohoa worker`, or use `sohoa run`.",
                    ),
                    style="yellow",
                )
            serve(sohoa, opened)
        finally:
            sohoa.close()
    return ExitCode.OK
