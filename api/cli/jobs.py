"""`sohoa jobs`: recurring work, when it ran, when it is due, what went wrong; and running one now."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from typer.main import get_command

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, language, say
from api.cli.opening import opened
from api.cli.options import Command, application, json_option, lang_option
from api.jobs import jobs
from api.views.base import ReasonView
from api.worker.schedule import Scheduler
from signing.report import VIETNAM
from storage.lasting import JobRow


def build() -> Any:
    """The group, in the language of this run."""
    app = application(
        name="jobs", help=say("Công việc định kỳ: gia hạn, mốc neo, dữ liệu thu hồi.", "Recurring jobs."), no_args_is_help=True
    )
    app.callback()(_group)
    app.command("list", cls=Command, help=say("Lần chạy gần nhất, lần tới, lỗi.", "Last runs, next runs, failures."))(run_list)
    app.command("run", cls=Command, help=say("Chạy ngay một công việc.", "Run one job now."))(run_one)
    return get_command(app)


def _group() -> None:
    """Only subcommands do something."""


def run_list(as_document: Annotated[bool, json_option()] = False, _lang: Annotated[Lang | None, lang_option()] = None) -> int:
    """Every job, whether it ever ran or not."""
    with opened() as sohoa:
        known = jobs(sohoa.settings)
        with sohoa.database.read() as uow:
            rows = {row.name: row for row in uow.jobs.all()}
    if as_document:
        console.document([_document(job.name, rows.get(job.name)) for job in known])
    for job in () if as_document else known:
        _tell(job.name, say(job.vi, job.en), rows.get(job.name))
    failing = any(row.failures for row in rows.values())
    return ExitCode.FAILED if failing else ExitCode.OK


def _reason(row: JobRow) -> ReasonView | None:
    return ReasonView.of(row.error_code, row.error_params, language())


def _document(name: str, row: JobRow | None) -> dict[str, object]:
    if row is None:
        return {"name": name, "runs": 0}
    reason = _reason(row)
    return {
        "name": name,
        "runs": row.runs,
        "due_at": row.due_at,
        "started_at": row.started_at,
        "succeeded_at": row.succeeded_at,
        "running": bool(row.lease),
        "failures": row.failures,
        "reason": reason.model_dump(mode="json") if reason else None,
        "report": row.report,
    }


def _tell(name: str, title: str, row: JobRow | None) -> None:
    console.out(f"{name}: {title}")
    if row is None:
        console.out(
            say("  chưa chạy lần nào (cần `sohoa run` hoặc `sohoa worker`)", "  never ran (needs `sohoa run` or `sohoa worker`)")
        )
        return
    done, due = _time(row.succeeded_at), _time(row.due_at)
    console.out(
        say(
            f"  xong gần nhất {done}, lần tới {due}, đã chạy {row.runs} lần",
            f"  last success {done}, next {due}, {row.runs} runs",
        )
    )
    reason = _reason(row)
    if row.failures and reason:
        console.out(f"  ✗ ({row.failures}×) {reason.message}", style="red")


def _time(moment: datetime | None) -> str:
    return moment.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M") if moment else say("chưa có", "none")


def run_one(
    name: Annotated[str, typer.Argument(metavar="NAME", help=say("Tên công việc (xem `sohoa jobs list`).", "Name of the job."))],
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Run a job at once, due or not; refused while another process runs it."""
    with opened() as sohoa:
        report = Scheduler(sohoa, jobs(sohoa.settings)).run_now(name)
    if as_document:
        console.document({"name": name, "report": dict(report)})
    else:
        console.out(say(f"Đã chạy xong «{name}».", f"“{name}” has run."), style="green")
        for key, value in report.items():
            console.out(f"  {key}: {value}")
    return ExitCode.OK
