"""`sohoa export`: one record into a folder, with a manifest that proves each file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.opening import actor, opened
from api.cli.options import command, json_option, lang_option, purpose_option
from api.records.export import export


def build() -> Any:
    """The command, in the language of this run."""
    return command(
        "export",
        run,
        say(
            "Xuất một hồ sơ: bản gốc, PDF đã ký, JSON bằng chứng và manifest.json có SHA-256; mỗi tệp được đọc lại để kiểm tra.",
            "Write one record: original, sealed PDF, evidence JSON and manifest.json with SHA-256; every file is read back.",
        ),
    )


def run(
    code: Annotated[str, typer.Argument(metavar="CODE", help=say("Mã kết quả số hóa.", "Digitisation-result code."))],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help=say("Thư mục đích.", "Target folder."))],
    purpose: Annotated[str, purpose_option()] = "",
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Write the record under `out`, in a folder named by its code."""
    with opened() as sohoa:
        result = export(sohoa, code, out, actor=actor(), purpose=purpose)
    if as_document:
        console.document({"code": code, "folder": str(result.folder), "files": [str(path) for path in result.files]})
        return ExitCode.OK
    for path in result.files:
        console.out(str(path))
    return ExitCode.OK
