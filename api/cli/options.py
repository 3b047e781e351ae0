"""Options and help that every command shares.

Commands are plain functions whose parameters are annotated; with postponed evaluation typer reads the annotations each
time it builds a command, so `say(...)` inside them speaks the language of this run.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from api.cli.language import Lang, language, say

_NOISE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\{([A-Z_]+)\}"), r"\1"),
    (re.compile(r" <(?:str|path|list\[\w+\])>"), ""),
)
"""What the library adds to the names of arguments: braces and Python types."""

_HEADINGS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^Usage:", re.MULTILINE), "Cách dùng:"),
    (re.compile(r"^Arguments:", re.MULTILINE), "Tham số:"),
    (re.compile(r"^Options:", re.MULTILINE), "Tùy chọn:"),
    (re.compile(r"^Commands:", re.MULTILINE), "Các lệnh:"),
    (re.compile(r"\[OPTIONS\]"), "[TÙY CHỌN]"),
    (re.compile(r"COMMAND \[ARGS\]\.\.\."), "LỆNH [THAM SỐ]..."),
    (re.compile(r"\[required\]"), "[bắt buộc]"),
    (re.compile(r"\[default: "), "[mặc định: "),
    (re.compile(r"Show this message and exit\."), "Hiện trợ giúp này rồi thoát."),
)


def in_language(help_text: str) -> str:
    """The help page without the library's noise, its English headings put into the language of this run."""
    for pattern, plain in _NOISE:
        help_text = pattern.sub(plain, help_text)
    if language() is Lang.EN:
        return help_text
    for pattern, vietnamese in _HEADINGS:
        help_text = pattern.sub(vietnamese, help_text)
    return help_text


class Command(TyperCommand):
    """A command whose help page is wholly in one language."""

    def get_help(self, ctx: Any) -> str:
        """The help page."""
        return in_language(super().get_help(ctx))


class Group(TyperGroup):
    """A group of commands whose help page is wholly in one language."""

    def get_help(self, ctx: Any) -> str:
        """The help page."""
        return in_language(super().get_help(ctx))


def application(cls: type[TyperGroup] = Group, **options: Any) -> typer.Typer:
    """An empty application with the settings all of ours share: plain help, no English completion options."""
    return typer.Typer(cls=cls, rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False, **options)


def command(name: str, run: Callable[..., int], help_text: str) -> TyperCommand:
    """The command `name` made of the annotated function `run`, which returns the exit code."""
    app = application()
    app.command(name, cls=Command, help=help_text)(run)
    built = get_command(app)
    if not isinstance(built, TyperCommand):
        raise TypeError(name)
    return built


def json_option() -> Any:
    """`--json`, on every command."""
    return typer.Option("--json", help=say("In một tài liệu JSON cho máy đọc.", "Print one JSON document for machines."))


def purpose_option() -> Any:
    """`--purpose`, wherever personal data is read (design: every retrieval names its purpose)."""
    return typer.Option(
        "--purpose",
        metavar="TEXT",
        help=say("Mục đích tra cứu, ghi vào sổ nhật ký.", "What the data is read for; entered in the ledger."),
    )


def lang_option() -> Any:
    """`--lang`, on every command; `api.cli.language` has read it before, here it is shown and checked."""
    return typer.Option(
        "--lang",
        metavar="vi|en",
        show_default=False,
        help=say("Ngôn ngữ (mặc định vi; hoặc SOHOA_LANG).", "Language (default vi; or SOHOA_LANG)."),
    )
