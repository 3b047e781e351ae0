"""`sohoa run`: web pages and worker in one process, the embedded default; the first thing a newcomer sees."""

from __future__ import annotations

import logging
import threading
import webbrowser
from typing import Annotated, Any

import typer

from api.access.first_start import FirstAccount, prepare
from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, language, say
from api.cli.options import command, json_option, lang_option
from api.cli.serving import address, listen, serve
from api.demo.certified_sample import certify_sample
from api.demo.first_start import digitise_sample
from api.demo.tokens import demo_links
from api.jobs import jobs
from api.settings import load
from api.watch.logs import configure
from api.web.catalogue import Texts
from api.wiring import LASTING, Sohoa
from api.wiring import build as join
from api.worker.embedded import EmbeddedWorker
from ingest.errors import CodedError

SIGN_IN = "/?token="
"""The start page moves the token out of the address into a cookie."""
log = logging.getLogger(__name__)


def build() -> Any:
    """The command, in the language of this run."""
    return command(
        "run",
        run,
        say(
            "Chạy trang web và bộ xử lý trên máy này, không cần cài gì thêm; dữ liệu trong SOHOA_DATA_DIR. Dừng bằng Ctrl-C.",
            "Run web pages and worker on this machine, nothing else needed; data in SOHOA_DATA_DIR. Stop with Ctrl-C.",
        ),
    )


def run(
    host: Annotated[
        str | None, typer.Option("--host", metavar="HOST", help=say("Địa chỉ lắng nghe.", "Address to listen on."))
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", metavar="PORT", min=0, max=65535, help=say("Cổng; 0 = tự chọn.", "Port; 0 = any."))
    ] = None,
    sample: Annotated[
        bool,
        typer.Option(
            "--sample/--no-sample",
            help=say("Số hóa sẵn một hồ sơ mẫu nếu kho còn trống.", "Digitise a sample dossier if there is nothing yet."),
        ),
    ] = False,
    open_browser: Annotated[bool, typer.Option("--open", help=say("Mở trình duyệt.", "Open the browser."))] = False,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Serve and work until told to stop."""
    chosen = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    settings = load(**chosen)
    configure(settings.log)
    with listen(settings.host, settings.port) as opened:
        # the QR code of a certified copy leads to the port that was really opened
        sohoa = join(settings.model_copy(update={"port": opened.getsockname()[1]}), LASTING)
        try:
            with EmbeddedWorker(sohoa, jobs(sohoa.settings)):
                _announce(address(opened), demo_links(sohoa), prepare(sohoa), as_document=as_document)
                if sample:
                    threading.Thread(target=_sample, args=(sohoa,), name="sample", daemon=True).start()
                if open_browser:
                    webbrowser.open(address(opened))
                serve(sohoa, opened)
                console.note(say("Đang dừng…", "Stopping…"))
        finally:
            sohoa.close()
    return ExitCode.OK


def _announce(base: str, tokens: dict[str, str], first: FirstAccount | None, *, as_document: bool) -> None:
    """Where to go and as whom; loudly, what these keys are not."""
    links = {str(role): f"{base}{SIGN_IN}{token}" for role, token in tokens.items()}
    if as_document:
        accounts = {first.login: first.password} if first else {}
        console.line_document({"address": base, "sign_in": links, "accounts": accounts})
    else:
        console.out(say("Sohoa đang chạy tại", "Sohoa is running at") + f" {base}", style="green")
        for line in console.columns([(Texts(language()).label("role", role), link) for role, link in links.items()]):
            console.out(f"  {line}")
        if first:
            _tell_first(first)
    console.note(
        say(
            "CHÚ Ý: chữ ký được tạo bằng khóa THỬ NGHIỆM của máy này — KHÔNG CÓ GIÁ TRỊ PHÁP LÝ. Dừng: Ctrl-C.",
            "NOTE: seals are made with DEMO keys of this machine — NO LEGAL VALUE. Stop with Ctrl-C.",
        ),
        style="yellow",
    )


def _tell_first(first: FirstAccount) -> None:
    """The one time this password is shown."""
    console.out(say("Tài khoản quản trị đầu tiên (chỉ hiện lần này):", "The first administrator's account (shown only now):"))
    for line in console.columns(
        [
            (say("  Tên đăng nhập", "  Account"), first.login),
            (say("  Mật khẩu dùng một lần", "  One-time password"), first.password),
        ]
    ):
        console.out(line)


def _sample(sohoa: Sohoa) -> None:
    try:
        batch = digitise_sample(sohoa)
        if batch is None:
            return
        console.note(say("Đang số hóa hồ sơ mẫu.", "The sample dossier is being digitised."))
        if certify_sample(sohoa, batch.id):
            console.note(say("Hồ sơ mẫu đã xong: xem trang «Các lô».", "The sample dossier is done: see the page “Batches”."))
    except CodedError as error:
        log.warning("the sample dossier was not made: %s", error.code)
