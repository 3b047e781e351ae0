"""`sohoa ledger`: is the hash-chained audit trail whole, and what proves it: its time-stamped heads (anchors)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.main import get_command

from api.audit import anchoring
from api.audit.anchoring import LedgerReport
from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.opening import actor, opened
from api.cli.options import Command, application, json_option, lang_option
from signing.anchor import AnchorVerdict
from signing.errors import TSA_REASONS
from signing.report import VIETNAM
from storage.errors import LEDGER_FAULTS
from storage.lasting import AnchorRow
from storage.trail import LedgerVerdict

FORGERIES = {
    "IMPRINT": ("dấu thời gian đóng lên nội dung khác", "its time-stamp is over something else"),
    "MARKS": ("phần mô tả từng dòng bị sửa", "its description of entries was altered"),
    "HASH_FAILURE": ("nội dung dấu thời gian bị sửa", "its time-stamp was altered"),
    "SIG_CRYPTO_FAILURE": ("chữ ký của dấu thời gian sai", "the signature of its time-stamp is wrong"),
    "FORMAT_FAILURE": ("không đọc được dấu thời gian", "its time-stamp is unreadable"),
}


def build() -> Any:
    """The group, in the language of this run."""
    app = application(name="ledger", help=say("Sổ nhật ký móc xích.", "The hash-chained ledger."), no_args_is_help=True)
    app.callback()(_group)
    app.command("verify", cls=Command, help=say("Kiểm tra mọi mắt xích và mọi mốc neo.", "Check every link and every anchor."))(
        run_verify
    )
    app.command("anchor", cls=Command, help=say("Đóng dấu thời gian lên đầu sổ ngay.", "Time-stamp the head of the ledger now."))(
        run_anchor
    )
    app.command("export", cls=Command, help=say("Chép các mốc neo ra nơi khác.", "Copy the anchors, to be kept elsewhere."))(
        run_export
    )
    return get_command(app)


def _group() -> None:
    """Only subcommands do something."""


def run_verify(
    anchors: Annotated[
        list[Path] | None,
        typer.Option(
            "--anchor",
            metavar="PATH",
            help=say(
                "Mốc neo giữ ở nơi khác: tệp hoặc thư mục, có thể lặp lại.",
                "Anchors kept elsewhere: a file or folder, repeatable.",
            ),
        ),
    ] = None,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Check the chain from the first entry to the last, and hold it against every anchor."""
    with opened() as sohoa:
        report = anchoring.verify(sohoa, anchors or [])
    if as_document:
        console.document(_document(report))
    else:
        _tell(report)
    if not report.ok:
        return ExitCode.FAILED
    return ExitCode.OK if report.certain else ExitCode.INDETERMINATE


def _document(report: LedgerReport) -> dict[str, object]:
    anchors = [
        {
            "entries": one.anchor.statement.entries,
            "stamped_at": one.stamped_at,
            "authority": one.authority,
            "problem": one.problem,
            "sha256": one.anchor.sha256,
        }
        for one in report.anchors
    ]
    return {
        **asdict(report.verdict),
        "anchors": anchors,
        "missing_anchors": list(report.missing),
        "damaged_anchors": list(report.damaged),
    }


def _tell(report: LedgerReport) -> None:
    verdict = report.verdict
    if verdict.ok:
        vi, en = f"Sổ nhật ký nguyên vẹn: {verdict.entries} dòng.", f"The ledger is whole: {verdict.entries} entries."
        console.out(say(vi, en), style="green")
    else:
        console.out(_broken(verdict), style="red")
    for one in report.anchors:
        _tell_anchor(one)
    for entries in report.missing:
        vi = f"✗ Mốc neo tại dòng {entries} có ghi trong sổ nhưng không còn trong cơ sở dữ liệu."
        console.out(
            say(vi, f"✗ The ledger speaks of an anchor at entry {entries}, which is gone from the database."), style="red"
        )
    for entries in report.damaged:
        vi, en = (
            f"✗ Mốc neo tại dòng {entries} bị mất hoặc bị sửa trong kho.",
            f"✗ The anchor at entry {entries} is lost or altered.",
        )
        console.out(say(vi, en), style="red")
    if not report.anchors:
        console.note(
            say(
                "Chưa có mốc neo nào: người sửa được cả cơ sở dữ liệu thì không bị phát hiện. Chạy `sohoa ledger anchor`.",
                "There is no anchor: somebody who can rewrite the whole database would go unnoticed. Run `sohoa ledger anchor`.",
            ),
            style="yellow",
        )


def _broken(verdict: LedgerVerdict) -> str:
    vi, en = LEDGER_FAULTS[str(verdict.fault)]
    if verdict.last_seq is not None:
        return say(
            f"Sổ nhật ký KHÔNG nguyên vẹn: một dòng trong khoảng {verdict.bad_seq}-{verdict.last_seq} {vi}.",
            f"The ledger is BROKEN: an entry among {verdict.bad_seq}-{verdict.last_seq} {en}.",
        )
    return say(
        f"Sổ nhật ký KHÔNG nguyên vẹn: dòng {verdict.bad_seq} {vi}.", f"The ledger is BROKEN: entry {verdict.bad_seq} {en}."
    )


def _tell_anchor(one: AnchorVerdict) -> None:
    when = one.stamped_at.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M:%S") if one.stamped_at else "?"
    vi = f"mốc neo {when}, dòng 1-{one.anchor.statement.entries}, {one.authority}"
    en = f"anchor of {when}, entries 1-{one.anchor.statement.entries}, {one.authority}"
    if not one.problem:
        console.out(say(f"✓ {vi}", f"✓ {en}"))
        return
    words = FORGERIES.get(one.problem) or TSA_REASONS.get(one.problem, (one.problem, one.problem))
    style = "red" if one.forged else "yellow"
    console.out(
        say(f"{'✗' if one.forged else '?'} {vi}: {words[0]}", f"{'✗' if one.forged else '?'} {en}: {words[1]}"), style=style
    )


def run_anchor(as_document: Annotated[bool, json_option()] = False, _lang: Annotated[Lang | None, lang_option()] = None) -> int:
    """Time-stamp the head of the ledger."""
    with opened() as sohoa:
        row = anchoring.anchor_head(sohoa, actor=actor())
    if as_document:
        console.document({"anchor": None if row is None else _row(row)})
    elif row is None:
        console.out(say("Từ mốc neo trước chưa có gì mới.", "Nothing was entered since the last anchor."))
    else:
        when = row.stamped_at.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M:%S")
        console.out(
            say(
                f"Đã đóng mốc neo cho {row.entries} dòng lúc {when} ({row.authority}).",
                f"{row.entries} entries anchored at {when} ({row.authority}).",
            ),
            style="green",
        )
    return ExitCode.OK


def _row(row: AnchorRow) -> dict[str, object]:
    return {**asdict(row), "file": anchoring.file_name(row)}


def run_export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help=say("Thư mục nhận mốc neo.", "Folder for the anchors."))],
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Write the anchors that the folder does not have yet."""
    with opened() as sohoa:
        written = anchoring.export(sohoa, folder)
    if as_document:
        console.document({"folder": str(folder), "written": [path.name for path in written]})
    else:
        vi, en = f"Đã chép {len(written)} mốc neo mới vào {folder}.", f"{len(written)} new anchors copied to {folder}."
        console.out(say(vi, en))
    return ExitCode.OK
