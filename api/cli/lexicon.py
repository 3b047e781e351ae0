"""`sohoa lexicon`: the syllable statistics that weigh doubtful marks, rebuilt with the office's own text."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.main import get_command

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.opening import actor, opened
from api.cli.options import Command, application, json_option, lang_option
from api.finding.lexicon import rebuild_lexicon


def build() -> Any:
    """The group, in the language of this run."""
    app = application(name="lexicon", help=say("Thống kê âm tiết.", "Syllable statistics."), no_args_is_help=True)
    app.callback()(_group)
    app.command(
        "rebuild",
        cls=Command,
        help=say(
            "Lập lại thống kê âm tiết từ giấy tờ đã được người xác nhận và từ các tệp chữ đưa thêm (UTF-8). "
            "Từ xuất hiện dưới 3 lần không được giữ.",
            "Rebuild the syllable statistics from papers that people confirmed and from further text files (UTF-8). "
            "Words seen fewer than 3 times are not kept.",
        ),
    )(run_rebuild)
    return get_command(app)


def _group() -> None:
    """Only subcommands do something."""


def run_rebuild(
    texts: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help=say("Tệp chữ UTF-8.", "UTF-8 text files."))
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help=say(
                "Thư mục kết quả (mặc định: lexicon trong SOHOA_DATA_DIR).", "Target folder (default: lexicon in SOHOA_DATA_DIR)."
            ),
        ),
    ] = None,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Count and write; reading uses the result once SOHOA_READ__LEXICON names it."""
    with opened() as sohoa:
        folder = (out or sohoa.settings.data_dir / "lexicon").resolve()
        counted = rebuild_lexicon(sohoa, texts or [], folder, actor=actor())
    if as_document:
        console.document({"folder": str(folder), **asdict(counted)})
        return ExitCode.OK
    vi = f"Đã đếm {counted.words} từ trong {counted.lines} dòng; thêm {counted.tokens} âm tiết, {counted.pairs} cặp."
    en = f"{counted.words} words in {counted.lines} lines counted; {counted.tokens} syllables, {counted.pairs} pairs added."
    console.out(say(vi, en))
    console.out(say(f"Để dùng: SOHOA_READ__LEXICON={folder}", f"To use it: SOHOA_READ__LEXICON={folder}"))
    return ExitCode.OK
