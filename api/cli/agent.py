"""`sohoa agent`: lends the key on this desk to the product's web pages. Needs no database and no settings."""

from __future__ import annotations

import re
import socket
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn

from api.agent.app import create_agent
from api.agent.desk import Desk
from api.agent.errors import PortTaken
from api.cli import at_hand, console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.options import command, json_option, lang_option

PORT = 28128
LOOPBACK = "127.0.0.1"
_ORIGIN = re.compile(r"https://[a-z0-9.-]+(:\d{1,5})?|http://(localhost|127\.0\.0\.1)(:\d{1,5})?")
"""As browsers write it: scheme, host, port unless it is the usual one; plain HTTP only on this machine."""


def build() -> Any:
    """The command, in the language of this run."""
    return command(
        "agent",
        run,
        say(
            "Chương trình ký trên máy của người ký: khóa (token PKCS#11 hoặc tệp PKCS#12) ở lại máy này, trang web Sohoa chỉ gửi"
            " dữ liệu cần ký. Chỉ nghe trên 127.0.0.1, chỉ trả lời các trang đã cho phép, hỏi trước khi ký.",
            "The signing program on the signer's own machine: the key (PKCS#11 token or PKCS#12 file) stays here, the pages of"
            " Sohoa send what is to be signed. Listens on 127.0.0.1 only, answers allowed pages only, asks before it signs.",
        ),
    )


def run(
    origin: Annotated[
        list[str],
        typer.Option(
            "--origin",
            metavar="URL",
            help=say(
                "Địa chỉ trang được phép yêu cầu ký, ví dụ https://sohoa.example.vn; lặp lại được.",
                "Address of a page that may ask, for example https://sohoa.example.vn; may be repeated.",
            ),
        ),
    ],
    p12: Annotated[Path | None, at_hand.p12_option()] = None,
    module: Annotated[Path | None, at_hand.module_option()] = None,
    token: Annotated[str, at_hand.token_option()] = "",
    key: Annotated[str, at_hand.key_label_option()] = "",
    key_id: Annotated[str, at_hand.key_id_option()] = "",
    secret_file: Annotated[Path | None, at_hand.secret_option()] = None,
    certificate: Annotated[list[Path] | None, at_hand.certificate_option()] = None,
    port: Annotated[
        int,
        typer.Option(
            "--port", metavar="N", min=0, max=65535, help=say("Cổng; 0 = cổng trống bất kỳ.", "Port; 0 = any free one.")
        ),
    ] = PORT,
    yes: Annotated[bool, at_hand.yes_option()] = False,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Run until stopped."""
    origins = frozenset(_origin(one) for one in origin)
    held = at_hand.key_from(p12, module, token, key, key_id, secret_file, certificate or ())
    listening = _listen(port)
    port = listening.getsockname()[1]
    desk = Desk(held, at_hand.consent(always=yes))
    if as_document:
        console.line_document({"url": f"http://{LOOPBACK}:{port}", "signer": held.name, "origins": sorted(origins)})
    else:
        shown = ", ".join(sorted(origins))
        where = f"http://{LOOPBACK}:{port}"
        console.out(say(f"Chương trình ký sẵn sàng tại {where}", f"The agent answers at {where}"))
        console.out(say(f"Chứng thư: {held.name}", f"Certificate: {held.name}"))
        console.out(say(f"Trang được phép: {shown}", f"Allowed pages: {shown}"))
        console.out(say("Dừng: Ctrl+C", "Stop: Ctrl+C"))
        sys.stdout.flush()
    config = uvicorn.Config(
        create_agent(desk, origins, port), log_level="warning", access_log=False, server_header=False, date_header=False
    )
    uvicorn.Server(config).run(sockets=[listening])
    return ExitCode.OK


def _origin(text: str) -> str:
    plain = text.strip().lower().rstrip("/")
    plain = re.sub(r"^(https://[^:/]+):443$|^(http://[^:/]+):80$", lambda found: found[1] or found[2], plain)
    if not _ORIGIN.fullmatch(plain):
        raise typer.BadParameter(
            say(
                f"«{text}» không phải địa chỉ trang: cần https://tên-máy[:cổng] (http chỉ cho máy này), không kèm đường dẫn.",
                f"“{text}” is no page address: https://host[:port] (http for this machine only), without a path.",
            )
        )
    return plain


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((LOOPBACK, port))
    except OSError as error:
        raise PortTaken(port=port) from error
