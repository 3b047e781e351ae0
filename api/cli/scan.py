"""`sohoa scan`: a stack straight from a SANE scanner into a batch."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.opening import actor, opened
from api.cli.options import command, json_option, lang_option
from api.errors import BadRequest
from api.intake.receiving import Intake
from api.scan.errors import ScannerMissing
from api.scan.stack import ScanDesk, choices, devices


def build() -> Any:
    """The command, in the language of this run."""
    return command(
        "scan",
        run,
        say(
            "Quét thẳng từ máy quét (SANE) vào một lô; kẹt giấy không mất trang nào. --list: liệt kê máy quét.",
            "Scan straight from a SANE scanner into a batch; a jam loses no page. --list: the scanners found.",
        ),
    )


def run(
    device: Annotated[str, typer.Option("--device", metavar="NAME", help=say("Máy quét.", "The scanner."))] = "",
    profile: Annotated[
        str, typer.Option("--profile", metavar="NAME", help=say("Chế độ: chuan, tra-cuu.", "Profile: chuan, tra-cuu."))
    ] = "chuan",
    source: Annotated[
        str, typer.Option("--source", metavar="NAME", help=say("Nguồn giấy (khay, mặt kính).", "Feeder, duplex or glass."))
    ] = "",
    batch: Annotated[
        str, typer.Option("--batch", metavar="ID", help=say("Quét tiếp vào lô này.", "Go on into this batch."))
    ] = "",
    dossier: Annotated[str, typer.Option("--dossier", metavar="MA_HO_SO", help=say("Mã hồ sơ.", "Dossier code."))] = "",
    listing: Annotated[bool, typer.Option("--list", help=say("Liệt kê máy quét.", "List scanners."))] = False,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Scan until the feeder is empty."""
    if listing:
        found = devices()
        if as_document:
            console.document([{"name": one.name, "label": one.label} for one in found])
        else:
            for one in found:
                console.out(f"{one.name}  {one.label}")
        return ExitCode.OK
    with opened() as sohoa:
        options, desk, who = sohoa.settings.scan, ScanDesk(sohoa), actor()
        chosen = options.profiles.get(profile)
        if chosen is None:
            raise BadRequest(where=f"--profile {profile}")
        desk.recover(who)
        name = device or options.device or next((one.name for one in devices()), "")
        if not name:
            raise ScannerMissing(why="0")
        offered = choices(name).get("source", ())
        if source and source not in offered:
            raise BadRequest(where=f"--source {source} ({' | '.join(offered)})")
        into = batch or Intake(sohoa).create_batch(actor=who, dossier=dossier).id
        rows = desk.scan(into, name, chosen, source, who, lambda number: console.note(say(f"Trang {number}", f"Page {number}")))
    if as_document:
        console.document({"batch": into, "files": [{"id": row.id, "name": row.name} for row in rows]})
    else:
        console.out(say(f"Đã nhận vào lô {into}.", f"Taken into batch {into}."))
    return ExitCode.OK
