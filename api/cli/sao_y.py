"""`sohoa sao-y`: a copy of a record with the agency's signature and the mark of the decree."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.certification.sao_y import Copy, Form, sao_y, write_out
from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.opening import actor, opened
from api.cli.options import command, json_option, lang_option, purpose_option
from api.views.copies import CopyView


def build() -> Any:
    """The command, in the language of this run."""
    return command(
        "sao-y",
        run,
        say(
            "Cấp bản sao y (sao lục) điện tử: chữ ký số cơ quan trên bản số hóa, dấu hiển thị góc trên bên phải"
            " trang đầu (Nghị định 30/2020). Bản đã cấp được trả lại, trừ khi có --again.",
            "Issue an electronic copy (sao y, or a copy of one: sao_luc): the agency's signature over the digitised copy,"
            " its mark top right on page 1 (Decree 30/2020). A copy made before is given back, unless --again is said.",
        ),
    )


def run(
    code: Annotated[str, typer.Argument(metavar="CODE", help=say("Mã kết quả số hóa.", "Digitisation-result code."))],
    form: Annotated[Form, typer.Option("--form", help=say("Hình thức sao.", "Form of the copy."))] = Form.SAO_Y,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help=say("Ghi bản sao ra tệp này.", "Write the copy to this file."))
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help=say("Cấp thêm một bản mới.", "Make another one although there is one."))
    ] = False,
    purpose: Annotated[str, purpose_option()] = "",
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Make the copy, or find the one made before."""
    with opened() as sohoa:
        copy = sao_y(sohoa, code, actor=actor(), form=form, again=again, purpose=purpose)
        if out is not None:
            write_out(sohoa, copy, out, actor=actor(), purpose=purpose)
    if as_document:
        console.document(CopyView.of(copy).model_dump(mode="json") | {"out": str(out) if out else None})
    else:
        _tell(copy, out)
    return ExitCode.OK


def _tell(copy: Copy, out: Path | None) -> None:
    row = copy.seal
    made = say("Đã ký bản sao", "Copy signed") if copy.made_now else say("Bản sao đã cấp trước đây", "Copy made before")
    console.out(f"{made}: {row.signer}, {row.level}, {row.object.sha256}")
    if copy.place is not None and copy.place.moved:
        console.out(
            say(
                f"Chỗ góc trên bên phải không trống: dấu hiển thị đã dời sang chỗ trống khác ở trang {copy.place.page + 1}.",
                f"The top right corner is not empty: the mark was moved to another empty place on page {copy.place.page + 1}.",
            ),
            style="yellow",
        )
    if out is not None:
        console.out(str(out))
