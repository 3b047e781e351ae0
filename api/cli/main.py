"""The `sohoa` command: chooses the language, finds the command without importing the others, explains every failure."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Any

import typer
from typer.main import get_command

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.failing import explain
from api.cli.language import Lang, choose, say
from api.cli.options import Group, application, lang_option
from api.cli.registry import COMMANDS


class LazyGroup(Group):
    """The commands of the registry, each imported only when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names in the order of the registry."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, imported now; None if there is no such name."""
        del ctx
        entry = COMMANDS.get(cmd_name)
        return entry.load() if entry else None

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of commands from the registry, without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command called, or a sentence naming the nearest ones."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            near = ", ".join(get_close_matches(name, list(COMMANDS)))
            tail = say(f" Có phải là {near}?", f" Did you mean {near}?") if near else ""
            raise typer.BadParameter(say(f"không có lệnh «{name}».", f"there is no command “{name}”.") + tail, ctx=ctx)
        found = super().resolve_command(ctx, args)
        gc.freeze()  # what is imported is no garbage: looking there again and again is a twentieth of a dozen pages
        return found

    def invoke(self, ctx: Any) -> Any:
        """Run the command; what it froze is let go, else extension modules report leaks when the process ends."""
        try:
            return super().invoke(ctx)
        finally:
            gc.unfreeze()


def _print_version(asked: bool) -> None:
    if asked:
        try:
            number = version("sohoa")
        except PackageNotFoundError:
            number = say("chưa cài đặt", "not installed")
        console.out(f"sohoa {number}")
        raise typer.Exit


def _global_options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help=say("In phiên bản rồi thoát.", "Print the version and exit."),
        ),
    ] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> None:
    """Nothing to do: `--lang` was read before, `--version` has its callback."""


def build() -> Any:
    """The whole command line, in the language chosen."""
    app = application(cls=LazyGroup, no_args_is_help=True)
    app.callback(
        help=say(
            "Sohoa: biến giấy tờ đã quét thành hồ sơ điện tử đã ký, tìm được và kiểm tra được.",
            "Sohoa: turns scanned papers into sealed records that can be found and verified.",
        ),
        epilog=say(
            "Mã thoát: 0 xong; 1 kết quả xấu (chữ ký sai, sổ bị sửa, thiếu phần mềm, giấy tờ cần xử lý); 2 dùng sai lệnh;"
            " 3 không thể kết luận; 4 có tệp không đọc được hoặc bị từ chối; 5 không tìm thấy; 69 cơ sở dữ liệu, kho hoặc bộ nhận"
            " dạng không trả lời; 70 lỗi phần mềm; 78 thiết lập sai; 130 bị dừng; 141 đầu ra đã đóng.",
            "Exit codes: 0 done; 1 a bad answer (signature, ledger, something missing, papers needing attention); 2 wrong use;"
            " 3 cannot be concluded; 4 a file unreadable or refused; 5 not found; 69 database, store or engine does not answer;"
            " 70 defect; 78 wrong setting; 130 stopped; 141 output closed.",
        ),
    )(_global_options)
    return get_command(app)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (`api.cli.exit_codes`)."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    console.use_utf8()
    choose(arguments, os.environ)
    machine = "--json" in arguments
    try:
        code = build().main(args=arguments, prog_name="sohoa", standalone_mode=False)
        sys.stdout.flush()
    except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001 the outermost door: every failure becomes a sentence
        return explain(error, machine=machine)
    except SystemExit as left:  # the library's answer to a broken pipe
        return (
            explain(left.__context__, machine=machine) if isinstance(left.__context__, BrokenPipeError) else int(left.code or 0)
        )
    return int(code or ExitCode.OK)


if __name__ == "__main__":
    sys.exit(main())
