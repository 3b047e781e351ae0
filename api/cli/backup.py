"""`sohoa backup`: everything that is kept into a folder, incrementally, while people work."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.opening import opened
from api.cli.options import command, json_option, lang_option
from api.keeping.backing_up import back_up


def build() -> Any:
    """The command, in the language of this run."""
    return command(
        "backup",
        run,
        say(
            "Sao lưu vào thư mục; lần sau chỉ chép tệp mới. KHÔNG gồm khóa ký, thiết lập, danh sách tin cậy.",
            "Back up into a folder; the next time only new objects are copied. Keys, settings and the trust list are NOT in it.",
        ),
    )


def run(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help=say("Thư mục sao lưu.", "Folder for backups."))],
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Add a backup to the folder."""
    with opened() as sohoa:
        made = back_up(sohoa, folder)
    told = made.manifest
    if as_document:
        console.document({**asdict(told), "copied": made.copied, "copied_bytes": made.copied_bytes})
    else:
        rows, size = sum(told.rows.values()), f"{made.copied_bytes / 1e6:.1f} MB"
        vi = f"Đã sao lưu {told.name}: {rows} dòng, {told.objects} tệp ({made.copied} mới, {size})."
        en = f"Backup {told.name}: {rows} rows, {told.objects} objects ({made.copied} new, {size})."
        console.out(say(vi, en), style="yellow" if made.lacking else "green")
        for sha256 in made.lacking:
            console.out(
                say(f"✗ Không lấy được tệp {sha256} (hỏng hoặc mất).", f"✗ Object {sha256} is damaged or gone."), style="red"
            )
    return ExitCode.FAILED if made.lacking else ExitCode.OK
