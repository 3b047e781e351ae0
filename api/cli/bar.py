"""The progress bar on standard error; silent where that is no terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from api.cli.delivering import OnProgress
from api.cli.language import say
from api.views.intake import ProgressView
from storage.progress import BatchProgress

WAITS = {
    "signing.timestamp_pending": ("chờ dấu thời gian", "waiting for a time-stamp"),
    "signing.timestamp_unavailable": ("chờ dấu thời gian", "waiting for a time-stamp"),
    "signing.timestamp_not_configured": ("chờ dấu thời gian (chưa cấu hình)", "waiting for a time-stamp (none configured)"),
    "signing.tsa_clock_skewed": ("chờ chỉnh đồng hồ máy", "waiting for the clock to be set"),
    "signing.revocation_stale": ("chờ dữ liệu thu hồi", "waiting for revocation data"),
    "signing.revocation_unanswered": ("chờ dữ liệu thu hồi", "waiting for revocation data"),
    "signing.token_absent": ("chờ cắm token", "waiting for the token"),
}
"""What papers wait for, in short; other codes show as they are."""


@contextmanager
def progress_bar() -> Iterator[OnProgress]:
    """A function to call with each new progress, drawing it while the block runs."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[counts]}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(say("Tiếp nhận", "Receiving"), total=100, counts="")

        told: set[str] = set()

        def show(now: BatchProgress) -> None:
            if now.waiting_for and now.waiting_for not in told:  # once, also where no bar is drawn: silence looks like a fault
                told.add(now.waiting_for)
                progress.console.print(_held_up(now).removeprefix(" · ") + say("; tự làm tiếp khi có.", "; goes on by itself."))
            progress.update(
                task,
                description=say("Đang số hóa", "Digitising"),
                completed=ProgressView.of(now).percent,
                counts=say(
                    f"{now.pages_read}/{now.pages} trang · {now.papers_done}/{now.papers} giấy tờ",
                    f"{now.pages_read}/{now.pages} pages · {now.papers_done}/{now.papers} papers",
                )
                + _held_up(now),
            )

        yield show


def _held_up(now: BatchProgress) -> str:
    if not now.papers_waiting:
        return ""
    words = WAITS.get(now.waiting_for, (now.waiting_for, now.waiting_for))
    return say(f" · {now.papers_waiting} {words[0]}", f" · {now.papers_waiting} {words[1]}")
