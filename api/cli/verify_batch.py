"""`sohoa verify --batch`: whole folders through child processes, resumable, failures first."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.audit import summary as summaries
from api.audit.engine import PRELOADED, Setting, on_disk, run
from api.audit.folders import Walk
from api.audit.journal import Journal
from api.audit.model import Counts, OnProgress, Outcome
from api.audit.report_forms import SealAs
from api.audit.results import AuditSummary, files_of, summarised, why, worst_lines
from api.audit.words import say as word
from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import language, say
from api.cli.paths import readable_file
from api.cli.verify_reports import keep_sealed
from api.settings import Settings
from api.signatures.trusted import Trusted
from ingest.options import BoxOptions
from ingest.sandbox import ProcessBox

CODES = {
    Outcome.PASSED: ExitCode.OK,
    Outcome.INDETERMINATE: ExitCode.INDETERMINATE,
    Outcome.ERROR: ExitCode.REFUSED,
    Outcome.FAILED: ExitCode.FAILED,
}
_TOLD_ON_SCREEN = 20


def batch(
    roots: list[Path], out: Path, trusted: Trusted, settings: Settings | None, seal: SealAs | None, *, as_document: bool
) -> int:
    """Judge every PDF under `roots`, results into `out`; the exit code is the worst outcome."""
    for root in roots:
        if not root.is_dir():
            readable_file(root)
    options = settings.box if settings else BoxOptions()
    walk = Walk(roots, leave_out=out)
    started = datetime.now(UTC)
    setting = Setting(trusted, language().value, options.workers or len(os.sched_getaffinity(0)))
    with Journal(out, setting.basis) as journal:
        total = sum(1 for _ in walk.subjects())
        with ProcessBox(options, preload=PRELOADED) as box, progress_bar(total) as show:
            counts = run(walk.subjects(), journal, setting, box, fetch=on_disk, total=total, on_progress=show)
        names = ", ".join(str(root) for root in roots)
        made = summarised(
            counts,
            title=word("folder", language(), names=names),
            started=started,
            trusted=trusted,
            passed_over=dict(walk.passed_over),
        )
        finish(journal, made, partial(keep_sealed, seal=seal, settings=settings), as_document=as_document)
    return CODES[made.outcome]


def finish(journal: Journal, made: AuditSummary, keep: summaries.Keep, *, as_document: bool) -> None:
    """Write the result files and tell what came out, failures first."""
    lang = language().value
    summaries.write_all(journal, made, lang, keep)
    written = [str(path) for path in files_of(journal.folder)]
    if as_document:
        console.document(made.model_dump(mode="json") | {"written": written})
        return
    colour = {Outcome.PASSED: "green", Outcome.FAILED: "red"}.get(made.outcome, "yellow")
    console.out(summaries.headline(made, lang), style=colour)
    for name, value in summaries.facts(made, lang):
        console.out(f"  {name}: {value}")
    for line in worst_lines(journal, _TOLD_ON_SCREEN):
        console.out(f"  {'✗' if line.outcome is Outcome.FAILED else '?'} {line.key}: {why(line, everything=False)}")
    if made.taken_over:
        console.out(
            say(f"  {made.taken_over} kết quả lấy từ lượt trước.", f"  {made.taken_over} results are from the run before.")
        )
    for path in written:
        console.out(f"  {path}")


@contextmanager
def progress_bar(total: int) -> Iterator[OnProgress]:
    """A function to call with each new count, drawing it while the block runs; silent where standard error is no terminal."""
    screen = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task(say("Đang kiểm tra", "Verifying"), total=total)

        def show(counts: Counts) -> None:
            bad = say(f"Đang kiểm tra, {counts.failed} không hợp lệ", f"Verifying, {counts.failed} not valid")
            progress.update(task, completed=counts.done, description=bad if counts.failed else say("Đang kiểm tra", "Verifying"))

        yield show
