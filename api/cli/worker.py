"""`sohoa worker`: a worker process of its own, hearing from the broker in the settings."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.options import command, json_option, lang_option
from api.settings import load
from api.watch.logs import configure
from api.worker.standalone import run_worker


def build() -> Any:
    """The command, in the language of this run."""
    return command(
        "worker",
        run,
        say(
            "Chạy một bộ xử lý riêng; cần SOHOA_BROKER_URL. SIGTERM hoặc Ctrl-C: làm nốt bước đang làm rồi dừng.",
            "Run a worker of its own; needs SOHOA_BROKER_URL. SIGTERM or Ctrl-C: the steps in hand are finished first.",
        ),
    )


def run(
    concurrency: Annotated[
        int,
        typer.Option(
            "--concurrency", metavar="N", min=0, help=say("Số bước làm cùng lúc; 0 = số nhân.", "Steps at once; 0 = cores.")
        ),
    ] = 0,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Work until told to stop."""
    settings = load()
    configure(settings.log)
    run_worker(settings, concurrency)
    if as_document:
        console.document({"stopped": True})
    return ExitCode.OK
