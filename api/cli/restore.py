"""`sohoa restore`: a backup put back into an empty place, or rehearsed in a temporary one."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.opening import opened
from api.cli.options import command, json_option, lang_option
from api.keeping import restoring
from api.keeping.restoring import Proof


def build() -> Any:
    """The command, in the language of this run."""
    return command(
        "restore",
        run,
        say(
            "Khôi phục bản sao lưu vào nơi trống theo thiết lập; --drill: thử trong chỗ tạm rồi chứng minh mọi thứ còn nguyên.",
            "Restore a backup into the empty place the settings name; --drill: into a temporary one, and prove what is there.",
        ),
    )


def run(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help=say("Thư mục sao lưu.", "Folder of backups."))],
    rehearsed: Annotated[bool, typer.Option("--drill", help=say("Chỉ diễn tập.", "Only rehearse it."))] = False,
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help=say("Bản nào (mặc định: mới nhất).", "Which one (default: newest)."))
    ] = "",
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Restore or rehearse; the answer is what was found in the new place."""
    with opened() as sohoa:
        proof = restoring.drill(sohoa, folder, name) if rehearsed else restoring.restore(sohoa, folder, name)
    if as_document:
        console.document({**asdict(proof), "ok": proof.ok})
    else:
        _tell(proof)
    return ExitCode.OK if proof.ok else ExitCode.FAILED


def _tell(proof: Proof) -> None:
    lines = (
        (not proof.bad_objects, f"{proof.objects} tệp nguyên vẹn, {len(proof.bad_objects)} hỏng hoặc thiếu",
         f"{proof.objects} objects whole, {len(proof.bad_objects)} damaged or missing"),
        (not proof.unnamed, f"{proof.unnamed} tệp có dòng nhưng không có trong bản sao lưu",
         f"{proof.unnamed} objects named by rows and not in the backup"),
        (proof.rows_right, "số dòng của mọi bảng đúng như lúc sao lưu", "every table has as many rows as when it was backed up"),
        (proof.ledger_right, "sổ nhật ký và mốc neo nguyên vẹn", "the ledger and its anchors are whole"),
        (not proof.bad_signatures,
         f"{proof.signatures} bản ký lấy mẫu: {len(proof.bad_signatures)} hỏng, {proof.signatures_passed} hợp lệ",
         f"{proof.signatures} signed files sampled: {len(proof.bad_signatures)} broken, {proof.signatures_passed} passed"),
    )  # fmt: skip
    console.out(say(f"Bản sao lưu {proof.manifest.name}", f"Backup {proof.manifest.name}"))
    for good, vi, en in lines:
        console.out(f"{'✓' if good else '✗'} {say(vi, en)}", style="green" if good else "red")
