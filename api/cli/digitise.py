"""`sohoa digitise`: the main job from the command line: scans in, sealed searchable records out."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli import console
from api.cli.bar import progress_bar
from api.cli.delivering import Order, deliver
from api.cli.errors import NothingToDo
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.opening import actor, opened
from api.cli.options import command, json_option, lang_option
from api.cli.outcome import Outcome, gather
from api.cli.paths import collect
from api.cli.telling import Told, as_json, tell
from api.records.export import export
from api.wiring import Sohoa
from ocr.fields.dossier import check_owner_id, parse_dossier_code
from storage.model import PaperState


def build() -> Any:
    """The command, in the language of this run."""
    return command(
        "digitise",
        run,
        say(
            "Số hóa: nhận tệp, thư mục (kể cả thư mục con) và ZIP; nhận dạng, ký, trích trường, cấp mã, lưu, đánh chỉ mục.\n\n"
            "Chạy lại cùng lệnh không nhân đôi gì: tệp đã có được nhận ra theo nội dung.",
            "Digitise files, folders (with all below) and ZIPs: read, seal, find fields, issue codes, store, index.\n\n"
            "Running the same command again doubles nothing: files are known again by their content.",
        ),
    )


def run(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help=say("Tệp, thư mục hoặc ZIP.", "Files, folders or ZIPs."))],
    dossier: Annotated[
        str, typer.Option("--dossier", metavar="MA_HO_SO", help=say("Mã hồ sơ.", "Dossier code the papers belong to."))
    ] = "",
    owner: Annotated[
        str, typer.Option("--owner", metavar="ID", help=say("Mã định danh chủ sở hữu.", "Owner's identifier."))
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help=say("Xuất mỗi hồ sơ xong vào đây.", "Export each finished record here.")),
    ] = None,
    auto: Annotated[
        bool,
        typer.Option(
            "--auto",
            help=say(
                "Máy tự quyết các trường đủ tin cậy (được ghi rõ là tự động); không có thì chờ người xác nhận.",
                "Let the machine decide fields it is sure of (recorded as automatic); otherwise papers wait for a person.",
            ),
        ),
    ] = False,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Do the whole job and report it."""
    begun = time.monotonic()
    found, skipped = collect(paths)
    if not found:
        raise NothingToDo
    order = Order(
        dossier=parse_dossier_code(dossier).text if dossier else "",
        owner=check_owner_id(owner).text if owner else "",
        automatic=True if auto else None,
    )
    with opened() as sohoa:
        with progress_bar() as on_progress:
            delivery = deliver(sohoa, found, order, on_progress)
        outcome = gather(sohoa, delivery)
        exported = _export(sohoa, outcome, out) if out else {}
    told = Told(outcome, skipped, exported, time.monotonic() - begun, delivery.batch)
    if as_document:
        console.document(as_json(told))
    else:
        tell(told)
    return exit_code(outcome)


def exit_code(outcome: Outcome) -> ExitCode:
    """Attention before refusals that a person did not expect; side files count only where nothing else was there."""
    if outcome.attention or any(line.state is PaperState.ATTENTION for line in outcome.papers):
        return ExitCode.FAILED
    if any(line.expected for line in outcome.refused) or (outcome.refused and not outcome.papers):
        return ExitCode.REFUSED
    return ExitCode.OK


def _export(sohoa: Sohoa, outcome: Outcome, out: Path) -> dict[str, Path]:
    """Every finished record, known ones too, each into its folder; by code."""
    done = [line.code for line in outcome.papers if line.state is PaperState.DONE]
    return {code: export(sohoa, code, out, actor=actor()).folder for code in dict.fromkeys(done)}
