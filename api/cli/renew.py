"""`sohoa renew`: sealed objects whose evidence ends soon get an archive time-stamp before it does."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any

import typer

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.opening import opened
from api.cli.options import command, json_option, lang_option
from api.keeping import renewals
from api.keeping.renewals import Search, Tally
from api.pipeline.engine import Pipeline
from api.wiring import Sohoa
from signing.report import VIETNAM
from storage.lasting import SealRow
from storage.model import StepKind

SHOWN = 20
"""Lines of a dry run for eyes; `--json` has them all."""


@dataclass(frozen=True, slots=True)
class _Ran:
    found: Search
    renewed: int
    now: Tally


def build() -> Any:
    """The command, in the language of this run."""
    return command(
        "renew",
        run,
        say(
            "Gia hạn bằng chứng dài hạn (B-LTA): tìm bản đã ký sắp hết hiệu lực bằng chứng và đóng dấu thời gian lưu trữ mới."
            " Bị dừng giữa chừng thì chạy lại, không làm hai lần.\n\n"
            "Mã thoát: 0 xong, 1 có bản cần người xử lý, 69 còn bản đang chờ dấu thời gian hoặc chưa kéo dài được.",
            "Keep evidence alive (B-LTA): find sealed files whose evidence ends soon and put a new archive time-stamp over them."
            " Stopped half-way, run it again; nothing is done twice.\n\n"
            "Exit codes: 0 done, 1 some need a person, 69 some wait for a time-stamp or cannot be prolonged yet.",
        ),
    )


def run(
    within: Annotated[
        int | None,
        typer.Option(
            "--within",
            metavar="DAYS",
            min=0,
            show_default=False,
            help=say(
                "Bằng chứng hết hạn trong số ngày này (mặc định SOHOA_KEEP__WITHIN_DAYS).",
                "Evidence that ends within so many days (default SOHOA_KEEP__WITHIN_DAYS).",
            ),
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=say("Chỉ liệt kê, không làm gì.", "Only list, change nothing."))
    ] = False,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Search, queue, and work on the queue until nothing is ready any more."""
    with opened() as sohoa:
        days = sohoa.settings.keep.within_days if within is None else within
        if dry_run:
            return _list(sohoa, days, as_document=as_document)
        ran = _renew(sohoa, days)
    if as_document:
        console.document(_document(days, ran))
    else:
        _tell(days, ran)
    if ran.now.attention:
        return ExitCode.FAILED
    return ExitCode.UNAVAILABLE if ran.now.waiting or ran.found.hopeless else ExitCode.OK


def _renew(sohoa: Sohoa, days: int) -> _Ran:
    renewals.note_force(sohoa)
    before = renewals.tally(sohoa)
    found = renewals.search(sohoa, days)
    pipeline = Pipeline(sohoa)
    try:
        while pipeline.work(frozenset({StepKind.RENEW})):
            pass
    finally:
        pipeline.close()
    now = renewals.tally(sohoa)
    return _Ran(found, now.done - before.done, now)


def _list(sohoa: Sohoa, days: int, *, as_document: bool) -> int:
    rows = renewals.ending(sohoa, days)
    if as_document:
        console.document({"within_days": days, "due": [_row(row) for row in rows]})
        return ExitCode.OK
    first = list(islice(rows, SHOWN))
    more = sum(1 for _ in rows)
    total = len(first) + more
    vi, en = (
        f"{total} bản đã ký hết bằng chứng trong {days} ngày tới.",
        f"{total} sealed files lose their evidence within {days} days.",
    )
    console.out(say(vi, en))
    for line in console.columns([(_day(row), row.level, row.signer, row.object.sha256[:16], row.paper_id) for row in first]):
        console.out(f"  {line}")
    if more:
        console.out(say(f"  … và {more} bản nữa (`--json` để xem hết).", f"  … and {more} more (`--json` has them all)."))
    return ExitCode.OK


def _day(row: SealRow) -> str:
    return row.evidence_until.astimezone(VIETNAM).strftime("%d/%m/%Y") if row.evidence_until else "?"


def _row(row: SealRow) -> dict[str, object]:
    return {
        "seal": row.id,
        "paper": row.paper_id,
        "kind": row.kind,
        "level": row.level,
        "signer": row.signer,
        "sha256": row.object.sha256,
        "evidence_until": row.evidence_until,
    }


def _document(days: int, ran: _Ran) -> dict[str, object]:
    return {
        "within_days": days,
        "due": ran.found.due,
        "queued": ran.found.queued,
        "renewed": ran.renewed,
        "waiting": ran.now.waiting,
        "attention": ran.now.attention,
        "not_prolonged": ran.found.hopeless,
        "new_evidence_until": ran.found.force_until,
    }


def _tell(days: int, ran: _Ran) -> None:
    found = ran.found
    vi = f"Trong {days} ngày tới có {found.due} bản hết bằng chứng; đã gia hạn {ran.renewed}."
    en = f"{found.due} sealed files lose their evidence within {days} days; {ran.renewed} renewed."
    console.out(say(vi, en), style="green" if ran.renewed else None)
    if ran.now.waiting:
        vi = f"{ran.now.waiting} bản đang chờ (dấu thời gian hoặc dữ liệu thu hồi); bộ xử lý sẽ tự làm tiếp."
        console.out(
            say(vi, f"{ran.now.waiting} wait (time-stamp or revocation data); the worker goes on by itself."), style="yellow"
        )
    if found.hopeless and found.force_until:
        until = found.force_until.astimezone(VIETNAM).strftime("%d/%m/%Y")
        vi = f"{found.hopeless} bản chưa kéo dài được: dấu thời gian mới cũng chỉ có hiệu lực đến {until}; cần máy chủ mới hơn."
        en = f"{found.hopeless} cannot be prolonged yet: a new time-stamp would end on {until} too; a newer authority is needed."
        console.out(say(vi, en), style="yellow")
    if ran.now.attention:
        vi = f"{ran.now.attention} bản cần người xử lý: `sohoa attention`."
        console.out(say(vi, f"{ran.now.attention} need a person: `sohoa attention`."), style="red")
