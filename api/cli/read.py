"""`sohoa read`: recognition only, to standard output, without a database. One process, quick to start."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli import console
from api.cli.exit_codes import ExitCode, worst
from api.cli.failing import as_json, exit_code, tell
from api.cli.language import Lang, language, say
from api.cli.one_process import OneProcessBox
from api.cli.options import command, json_option, lang_option
from api.cli.paths import readable_file
from api.cli.reading import file_json
from api.reader import ReadResult, read_file
from api.settings import load
from ingest.errors import CodedError


def build() -> Any:
    """The command, in the language of this run."""
    return command(
        "read",
        run,
        say(
            "Chỉ nhận dạng: in chữ theo thứ tự đọc, hoặc JSON gồm trang, dòng, từ kèm tọa độ, độ tin cậy, góc xoay, các trường.",
            "Recognition only: prints the text in reading order, or JSON with pages, lines and words with their boxes, "
            "confidences, turn and skew found, and fields.",
        ),
    )


def run(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help=say("PDF hoặc ảnh.", "PDFs or images."))],
    as_text: Annotated[bool, typer.Option("--text", help=say("Chỉ in chữ (mặc định).", "Text only (the default)."))] = False,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Read each file; one that cannot be read does not stop the others."""
    if as_text and as_document:
        raise typer.BadParameter(say("chọn --text hoặc --json, không cả hai.", "choose --text or --json, not both."))
    settings = load()
    codes: list[ExitCode] = []
    documents: list[dict[str, object]] = []
    with OneProcessBox(settings.box) as box:
        for path in files:
            try:
                result = read_file(readable_file(path), settings, box)
            except CodedError as error:
                tell(error, str(path))
                codes.append(ExitCode.UNAVAILABLE if exit_code(error) is ExitCode.UNAVAILABLE else ExitCode.REFUSED)
                documents.append({"name": path.name, "error": as_json(error)})
                continue
            if as_document:
                documents.append(file_json(result, language()))
            else:
                _print_text(result)
    if as_document:
        console.document({"files": documents})
    return worst(codes)


def _print_text(result: ReadResult) -> None:
    for paper in result.papers:
        for _, text in paper.pages:
            console.out(text.text)
