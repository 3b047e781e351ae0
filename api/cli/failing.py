"""From an exception to one plain sentence on standard error and an exit code. No traceback ever reaches the user."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import language, say
from ingest.errors import CodedError, NextStep


def next_step(step: NextStep) -> str:
    """What to do next, as a sentence."""
    return {
        NextStep.RETRY: say("Hãy thử lại.", "Try again."),
        NextStep.REPLACE: say("Hãy thay tệp khác (quét lại nếu cần).", "Replace the file (scan it again if need be)."),
        NextStep.ADMIN: say("Báo người quản trị, hoặc chạy `sohoa doctor`.", "Tell the administrator, or run `sohoa doctor`."),
        NextStep.GIVE_UP: "",
    }[step]


_BY_CODE = {
    "storage.not_found": ExitCode.NOT_FOUND,
    "ocr.bad_dossier_code": ExitCode.USAGE,
    "ocr.bad_owner_id": ExitCode.USAGE,
    "signing.trust_unusable": ExitCode.REFUSED,  # a file named on the command line, whoever must mend it
}


def exit_code(error: CodedError) -> ExitCode:
    """The exit code an error stands for, when it ends a command."""
    if error.code in _BY_CODE:
        return _BY_CODE[error.code]
    if "settings" in error.code:
        return ExitCode.CONFIG
    if error.next_step is NextStep.ADMIN:
        return ExitCode.UNAVAILABLE
    if error.code.startswith(("ingest", "cli.path", "cli.nothing", "reader")):
        return ExitCode.REFUSED
    return ExitCode.FAILED


def as_json(error: CodedError) -> dict[str, object]:
    """The error for machines; the same names as in a problem document of the HTTP API."""
    return {
        "code": error.code,
        "message": error.message(language()),
        "retryable": error.retryable,
        "next_step": error.next_step.value,
        "params": error.params,
    }


def tell(error: CodedError, subject: str = "") -> None:
    """One line on standard error: subject, sentence, next step, code."""
    parts = [f"{subject}:" if subject else say("Lỗi:", "Error:"), error.message(language()), next_step(error.next_step)]
    console.note(" ".join(part for part in parts if part) + f" [{error.code}]", style="red")


def explain(error: BaseException, *, machine: bool) -> ExitCode:
    """Tell the user what ended the command and return how it ended."""
    if isinstance(error, BrokenPipeError):
        console.drop_output()
        return ExitCode.BROKEN_PIPE
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        console.note(say("Đã dừng. Chạy lại lệnh này để làm tiếp.", "Stopped. Run the same command again to go on."))
        return ExitCode.INTERRUPTED
    if isinstance(error, CodedError):
        if machine:
            console.document({"error": as_json(error)})
        tell(error)
        return exit_code(error)
    if isinstance(error, typer.TyperException):
        _tell_usage(error, machine=machine)
        return ExitCode.USAGE
    return _tell_defect(error, machine=machine)


def _tell_usage(error: typer.TyperException, *, machine: bool) -> None:
    message = _usage_sentence(error)
    if type(error).__name__ == "NoArgsIsHelpError":
        console.note(message)
        return
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "sohoa"
    if machine:
        console.document({"error": {"code": "cli.usage", "message": message}})
    console.note(f"{say('Dùng sai lệnh:', 'Wrong use:')} {message}", style="red")
    console.note(say(f"Xem `{path} --help`.", f"See `{path} --help`."))


def _usage_sentence(error: Any) -> str:
    """The library's usage errors in the language of this run; its classes have no public names but a stable shape."""
    kind = type(error).__name__
    if kind == "MissingParameter":
        hint = error.param.get_error_hint() if error.param is not None else ""
        return say(f"thiếu {hint}.", f"{hint} is missing.")
    if kind == "NoSuchOption":
        maybe = ", ".join(error.possibilities or ())
        tail = say(f" Có phải là {maybe}?", f" Did you mean {maybe}?") if maybe else ""
        return say(f"không có tùy chọn {error.option_name}.", f"there is no option {error.option_name}.") + tail
    if kind == "BadParameter" and error.param is not None:
        hint = error.param.get_error_hint()
        return say(f"giá trị không hợp lệ cho {hint}: {error.message}", f"invalid value for {hint}: {error.message}")
    return str(error.message)


def _tell_defect(error: BaseException, *, machine: bool) -> ExitCode:
    log = _write_log(error)
    message = say(
        f"Lỗi không ngờ tới ({type(error).__name__}); chi tiết trong {log}",
        f"Unexpected error ({type(error).__name__}); details in {log}",
    )
    if machine:
        console.document({"error": {"code": "cli.defect", "message": message}})
    console.note(message, style="red")
    return ExitCode.SOFTWARE


def _write_log(error: BaseException) -> Path:
    """Append the traceback to a log only its owner may read: it can quote what was on a page."""
    path = Path(tempfile.gettempdir()) / f"sohoa-{os.getuid()}.log"
    lines = traceback.format_exception(error)
    entry = json.dumps(sys.argv[:2], ensure_ascii=False)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace") as log:
        log.write(f"{datetime.now(UTC).isoformat()} {entry}\n{''.join(lines)}\n")
    return path
