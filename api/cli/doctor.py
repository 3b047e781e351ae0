"""`sohoa doctor`: what is missing or misconfigured, and the command that mends it."""

from __future__ import annotations

from typing import Annotated, Any

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.options import command, json_option, lang_option
from api.doctor.examination import State, examine
from api.settings import load

MARKS = {State.OK: "✓", State.WARNING: "!", State.MISSING: "✗"}
COLOURS = {State.OK: "green", State.WARNING: "yellow", State.MISSING: "red"}


def build() -> Any:
    """The command, in the language of this run."""
    return command(
        "doctor",
        run,
        say(
            "Khám máy: Python, bộ nhận dạng chữ, phông, thư mục dữ liệu, cơ sở dữ liệu, kho tệp, hàng đợi, khóa, thiết lập;"
            " mỗi mục kèm lệnh sửa. Mã thoát 1 nếu còn thiếu.",
            "Examine Python, recognition engine, fonts, data folder, database, object store, broker, keys and settings,"
            " each with the command that mends it. Exit code 1 if something is missing.",
        ),
    )


def run(as_document: Annotated[bool, json_option()] = False, _lang: Annotated[Lang | None, lang_option()] = None) -> int:
    """Print every check."""
    checks = examine(load)
    missing = sum(1 for check in checks if check.state is State.MISSING)
    if as_document:
        shown = [
            {"name": check.name, "state": check.state.value, "message": say(check.vi, check.en), "mend": check.mend}
            for check in checks
        ]
        console.document({"ok": not missing, "checks": shown})
        return ExitCode.FAILED if missing else ExitCode.OK
    for check in checks:
        console.out(f"{MARKS[check.state]} {check.name:<14} {say(check.vi, check.en)}", style=COLOURS[check.state])
        if check.mend and check.state is not State.OK:
            console.out(f"    → {check.mend}")
    if missing:
        console.note(say(f"Còn thiếu {missing} mục.", f"{missing} things are missing."), style="red")
    return ExitCode.FAILED if missing else ExitCode.OK
