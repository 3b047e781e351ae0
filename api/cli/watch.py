"""`sohoa watch`: take scans in that appear in a folder, and digitise them."""

from __future__ import annotations

import contextlib
import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer

from api.cli import console
from api.cli.errors import PathMissing
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.opening import opened
from api.cli.options import command, json_option, lang_option
from api.hot.options import HotOptions
from api.hot.watcher import Moved, Watcher
from api.worker.embedded import EmbeddedWorker, wait_for
from ingest.errors import CodedError


def build() -> Any:
    """The command, in the language of this run."""
    return command(
        "watch",
        run,
        say(
            "Theo dõi một thư mục (kể cả thư mục mạng): tệp quét đứng yên thì được nhận, số hóa, rồi chuyển vào «da-nhan»; "
            "tệp bị từ chối vào «bi-tu-choi» kèm lý do. Dừng bằng Ctrl-C.",
            "Watch a folder (a share too): scans that stand still are taken in, digitised and moved to “da-nhan”; refused "
            "ones to “bi-tu-choi” with the reason. Stop with Ctrl-C.",
        ),
    )


def run(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help=say("Thư mục cần theo dõi.", "The folder to watch."))],
    map_file: Annotated[
        str,
        typer.Option(
            "--map", metavar="TOML", help=say("Tệp quy định từng thư mục con.", "Data file: what sub-folders belong to.")
        ),
    ] = "",
    once: Annotated[
        bool, typer.Option("--once", help=say("Nhận hết những gì đang có rồi dừng.", "Take in what is there, then stop."))
    ] = False,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Watch until told to stop."""
    if not folder.is_dir():
        raise PathMissing(path=str(folder))
    moved: list[Moved] = []
    with opened() as sohoa:
        options = sohoa.settings.hot
        options = options.model_copy(update={"map_file": map_file or options.map_file})

        def told(one: Moved) -> None:
            moved.append(one)
            if not as_document:
                _say(one, folder)

        with EmbeddedWorker(sohoa) if sohoa.settings.embedded else contextlib.nullcontext():
            _watch(Watcher(sohoa, folder.resolve(), options, told), options, once=once)
            if once and sohoa.settings.embedded:  # nothing is left behind half-read
                for batch_id in {one.batch for one in moved if not one.reason}:
                    wait_for(sohoa, batch_id)
    if as_document:
        lines = [{"name": one.name, "place": str(one.place), "refused": bool(one.reason), "reason": one.reason} for one in moved]
        console.document({"files": lines})
    return ExitCode.REFUSED if any(one.reason for one in moved) else ExitCode.OK


def _watch(watcher: Watcher, options: HotOptions, *, once: bool) -> None:
    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {one: signal.signal(one, ask_to_stop) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        while not stop.is_set():
            try:
                coming = watcher.look()
            except CodedError as error:
                if once:
                    raise
                console.note(error.message(say("vi", "en")), style="yellow")
                coming = 1
            if once and not coming:
                return
            stop.wait(min(options.poll_seconds, 0.2) if once else options.poll_seconds)
    finally:
        watcher.close()
        for one, handler in before.items():
            signal.signal(one, handler)


def _say(one: Moved, folder: Path) -> None:
    place = one.place.relative_to(folder.resolve())
    if one.reason:
        console.out(f"✘ {place}: {one.reason}", style="red")
    else:
        console.out(f"✔ {place}", style="green")
