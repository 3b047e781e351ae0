"""`sohoa ledger verify`: is the hash-chained audit trail whole?"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from typer.main import get_command

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.opening import opened
from api.cli.options import Command, application, json_option, lang_option


def build() -> Any:
    """The group, in the language of this run."""
    app = application(name="ledger", help=say("Sổ nhật ký móc xích.", "The hash-chained ledger."), no_args_is_help=True)
    app.callback()(_group)
    app.command("verify", cls=Command, help=say("Kiểm tra mọi mắt xích.", "Check every link."))(run_verify)
    return get_command(app)


def _group() -> None:
    """Only subcommands do something."""


def run_verify(as_document: Annotated[bool, json_option()] = False, _lang: Annotated[Lang | None, lang_option()] = None) -> int:
    """Check the chain from the first entry to the last."""
    with opened() as sohoa, sohoa.database.read() as uow:
        verdict = uow.ledger.verify()
    if as_document:
        console.document(asdict(verdict))
    elif verdict.ok:
        console.out(
            say(f"Sổ nhật ký nguyên vẹn: {verdict.entries} dòng.", f"The ledger is whole: {verdict.entries} entries."),
            style="green",
        )
    else:
        console.out(
            say(
                f"Sổ nhật ký KHÔNG nguyên vẹn tại dòng {verdict.bad_seq}: {verdict.fault}.",
                f"The ledger is BROKEN at entry {verdict.bad_seq}: {verdict.fault}.",
            ),
            style="red",
        )
    return ExitCode.OK if verdict.ok else ExitCode.FAILED
