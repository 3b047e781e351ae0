"""`sohoa issue`: sign an electronic document that is issued, with the image or the line that the decree wants."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.opening import actor, opened
from api.cli.options import command, json_option, lang_option
from api.cli.paths import readable_file
from api.signatures.issuing import KINDS, Picture, issue
from signing.model import Seal, Spot

MM_PT = 72 / 25.4
Kind = StrEnum("Kind", {code.upper(): code for code in KINDS})  # type: ignore[misc]  # as data, not as a list of our own

_PICTURES = frozenset({"personal_signature", "agency_seal"})


def build() -> Any:
    """The command, in the language of this run."""
    return command(
        "issue",
        run,
        say(
            "Ký văn bản điện tử phát hành (Nghị định 30/2020, Phụ lục I): hình chữ ký người có thẩm quyền rồi hình dấu cơ quan"
            " (PNG nền trong suốt, đúng kích thước), hoặc dòng số, ký hiệu và thời gian trên phụ lục ở tệp riêng.",
            "Sign an electronic document that is issued (Decree 30/2020, Appendix I): the image of a person's signature, then of"
            " the agency's seal (transparent PNG in real size), or the line of number and time on an attachment.",
        ),
    )


def run(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("Tệp PDF cần ký.", "The PDF to be signed."))],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help=say("Tệp đã ký.", "The signed file."))],
    kind: Annotated[Kind, typer.Option("--mark", help=say("Loại dấu hiển thị.", "Kind of mark."))],
    image: Annotated[
        Path | None, typer.Option("--image", metavar="PNG", help=say("Ảnh chữ ký hoặc dấu.", "Image of signature or seal."))
    ] = None,
    at: Annotated[
        str,
        typer.Option(
            "--at",
            metavar="X,Y",
            help=say("Góc dưới trái của ảnh, mm từ góc dưới trái trang.", "Lower left corner of the image, mm from the page's."),
        ),
    ] = "",
    page: Annotated[int, typer.Option("--page", help=say("Trang của ảnh; -1 là cuối.", "Page of the image; -1: the last."))] = -1,
    width: Annotated[
        float, typer.Option("--width", min=0, help=say("Rộng (mm); 0: đúng kích thước.", "Width (mm); 0: its real size."))
    ] = 0,
    number: Annotated[
        str, typer.Option("--number", metavar="TEXT", help=say("Số, ký hiệu (phụ lục).", "Number (attachment)."))
    ] = "",
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Sign the file."""
    readable_file(file)
    if kind in _PICTURES and image is None:
        raise typer.BadParameter(say("loại này cần --image và --at", "this kind needs --image and --at"), param_hint="--image")
    if kind == Kind("attachment") and not number.strip():
        raise typer.BadParameter(say("phụ lục cần --number", "an attachment needs --number"), param_hint="--number")
    picture = _picture(image, at, page, width)
    with opened() as sohoa:
        made = issue(sohoa, file, out, kind, actor=actor(), picture=picture, number=number)
    if as_document:
        console.document(_json(made, out))
    else:
        console.out(f"{say('Đã ký', 'Signed')}: {made.signer}, {made.level}")
        console.out(str(out))
    return ExitCode.OK


def _picture(image: Path | None, at: str, page: int, width_mm: float) -> Picture | None:
    if image is None:
        return None
    readable_file(image)
    try:
        x, y = (float(one) * MM_PT for one in at.split(","))
    except ValueError as error:
        wanted = say("cần X,Y bằng mm, ví dụ 110,45", "X,Y in mm is needed, such as 110,45")
        raise typer.BadParameter(wanted, param_hint="--at") from error
    if page == 0:
        raise typer.BadParameter(say("trang đếm từ 1", "pages count from 1"), param_hint="--page")
    return Picture(image.read_bytes(), Spot(x, y), page - 1 if page > 0 else page, width_mm * MM_PT)


def _json(made: Seal, out: Path) -> dict[str, object]:
    place = made.place
    return {
        "out": str(out),
        "signer": made.signer,
        "role": made.role,
        "level": made.level,
        "signed_at": made.signed_at.isoformat(),
        "time_stamped": made.time_stamped,
        "mark": None if place is None else {"page": place.page + 1, "box": place.box, "moved": place.moved},
    }
