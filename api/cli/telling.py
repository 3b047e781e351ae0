"""The report of `sohoa digitise`: one line a paper, reasons of refusals, a summary; the same facts as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from api.cli import console
from api.cli.language import Lang, language, say
from api.cli.outcome import Outcome, PaperLine
from api.cli.paths import Skipped
from api.views.intake import BatchView
from ocr.fields.types import catalogue
from storage.model import Batch, PaperState

COLOURS = {PaperState.DONE: "green", PaperState.REVIEW: "yellow", PaperState.SIGNING: "yellow", PaperState.ATTENTION: "red"}


@dataclass(frozen=True, slots=True)
class Told:
    """What is reported."""

    outcome: Outcome
    skipped: tuple[Skipped, ...]
    exported: dict[str, Path]
    """Folder of each exported record, by code."""
    seconds: float
    batch: Batch | None


def summary(told: Told) -> dict[str, object]:
    """The figures; pages a minute count what was read now, not what was there already."""
    outcome = told.outcome
    fresh = [line for line in outcome.papers if not line.already]
    pages = sum(line.pages for line in fresh)
    return {
        "papers": len(fresh),
        "pages": pages,
        "done": outcome.count(PaperState.DONE),
        "review": outcome.count(PaperState.REVIEW),
        "signing": outcome.count(PaperState.SIGNING),
        "attention": len(outcome.attention),
        "refused": sum(1 for line in outcome.refused if not line.already),
        "skipped": len(told.skipped),
        "already": len(outcome.already),
        "same_content": len(outcome.twins),
        "seconds": round(told.seconds, 2),
        "pages_per_minute": round(60 * pages / told.seconds, 1) if told.seconds else 0.0,
    }


def as_json(told: Told) -> dict[str, object]:
    """The whole report for machines."""
    outcome = told.outcome
    return {
        "batch": BatchView.of(told.batch).model_dump(mode="json") if told.batch else None,
        "papers": [_paper_json(line, told.exported) for line in outcome.papers],
        "refused": [
            {
                "file": line.file,
                "expected": line.expected,
                "already": line.already,
                "reason": line.reason.model_dump(mode="json") if line.reason else None,
            }
            for line in outcome.refused
        ],
        "attention": [view.model_dump(mode="json") for view in outcome.attention],
        "already": [
            {"file": path, "sha256": row.object.sha256, "received_at": row.created_at.isoformat(), "batch_id": row.batch_id}
            for path, row in outcome.already
        ],
        "same_content": [{"file": one, "as": other} for one, other in outcome.twins],
        "skipped": [{"file": str(one.path), "reason": one.reason.value} for one in told.skipped],
        "summary": summary(told),
    }


def _paper_json(line: PaperLine, exported: dict[str, Path]) -> dict[str, object]:
    folder = exported.get(line.code)
    return {
        "id": line.id,
        "file": line.file,
        "state": line.state.value,
        "code": line.code,
        "paper_type": line.paper_type,
        "title": line.title,
        "number": line.number,
        "pages": line.pages,
        "confidence": line.confidence,
        "seconds": line.seconds,
        "already": line.already,
        "reason": line.reason.model_dump(mode="json") if line.reason else None,
        "exported_to": str(folder) if folder else None,
    }


def tell(told: Told) -> None:
    """The report for eyes: results on standard output, what went otherwise on standard error."""
    outcome = told.outcome
    for line, text in zip(outcome.papers, console.columns([_row(line) for line in outcome.papers]), strict=True):
        console.out(text, style=COLOURS.get(line.state))
    for path, row in outcome.already:
        since = row.created_at.astimezone().strftime("%d/%m/%Y %H:%M")
        console.note(say(f"Đã có từ {since}, không nhận lại: {path}", f"There since {since}, not taken again: {path}"))
    for one, other in outcome.twins:
        console.note(say(f"Trùng nội dung với {other}: {one}", f"Same content as {other}: {one}"))
    for skipped in told.skipped:
        console.note(say("Bỏ qua", "Skipped") + f" ({skipped.reason.sentence()}): {skipped.path}")
    for refusal in outcome.refused:
        reason = f"{refusal.reason.message} [{refusal.reason.code}]" if refusal.reason else ""
        style = "red" if refusal.expected else None
        console.note(say("Không tiếp nhận", "Refused") + f" {refusal.file}: {reason}", style=style)
    for view in outcome.attention:
        reason = f"{view.reason.message} [{view.reason.code}]" if view.reason else ""
        console.note(say("Cần xử lý", "Needs attention") + f" {view.file_name}: {reason}", style="red")
    _tell_summary(told)


def _row(line: PaperLine) -> tuple[str, ...]:
    kind = catalogue().get(line.paper_type)
    known = say(" (đã có)", " (there already)") if line.already else ""
    return (
        (line.code or _state(line.state)) + known,
        kind.name(language()) if kind else line.paper_type or "—",
        line.number or "—",
        say(f"{line.pages} trang", f"{line.pages} p."),
        f"{line.confidence:.0%}",
        f"{line.seconds:.1f} s",
        line.title or Path(line.file).name,
    )


def _state(state: PaperState) -> str:
    return {
        PaperState.WORKING: say("đang xử lý", "working"),
        PaperState.REVIEW: say("chờ xác nhận", "awaits review"),
        PaperState.SIGNING: say("chờ ký", "to be signed"),
        PaperState.ATTENTION: say("cần xử lý", "needs attention"),
        PaperState.DONE: say("xong", "done"),
        PaperState.HELD: say("chờ xem trang", "pages to look at"),
        PaperState.GIVEN_UP: say("đã bỏ", "given up"),
        PaperState.MERGED: say("đã gộp", "merged"),
    }[state]


def _tell_summary(told: Told) -> None:
    figures = summary(told)
    vi = (
        "{papers} giấy tờ, {pages} trang; {done} xong, {review} chờ xác nhận, {signing} chờ ký, {attention} cần xử lý,"
        " {refused} không tiếp nhận"
    )
    en = (
        "{papers} papers, {pages} pages; {done} done, {review} await review, {signing} to be signed, {attention} need attention,"
        " {refused} refused"
    )
    tail_vi, tail_en = (
        ", {already} đã có sẵn; {pages_per_minute} trang/phút.",
        ", {already} there already; {pages_per_minute} pages/minute.",
    )
    console.out(say(vi + tail_vi, en + tail_en).format_map(figures))
    _tell_waiting(told)
    if told.outcome.attention:
        console.note(say("Xem `sohoa attention` để thử lại hoặc bỏ.", "See `sohoa attention` to retry or give up."))
    if told.exported:
        folder = next(iter(told.exported.values())).parent
        console.note(
            say(f"Đã xuất {len(told.exported)} hồ sơ vào {folder}.", f"{len(told.exported)} records exported to {folder}.")
        )
    if language() is Lang.VI and told.batch:
        console.note(f"Mã đợt: {told.batch.id}")
    elif told.batch:
        console.note(f"Batch: {told.batch.id}")


def _tell_waiting(told: Told) -> None:
    """What a person must do now."""
    waiting = sum(1 for line in told.outcome.papers if line.state is PaperState.REVIEW)
    if waiting:
        console.note(
            say(
                f"{waiting} giấy tờ chờ người xác nhận: chạy `sohoa run` rồi mở trang Xác nhận"
                " (hoặc lần sau dùng --auto để máy tự quyết các trường đủ tin cậy).",
                f"{waiting} papers wait for a person: start `sohoa run` and open the review page"
                " (or use --auto next time to let the machine decide what it is sure of).",
            ),
            style="yellow",
        )
    unsigned = sum(1 for line in told.outcome.papers if line.state is PaperState.SIGNING)
    if unsigned:
        console.note(
            say(
                f"{unsigned} giấy tờ chờ ký: người giữ khóa chạy `sohoa sign`, hoặc mở trang Chờ ký với `sohoa agent`.",
                f"{unsigned} papers wait to be signed: the keeper of the key runs `sohoa sign`, or “To sign” with `sohoa agent`.",
            ),
            style="yellow",
        )
