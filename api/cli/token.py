"""`sohoa token`: API tokens of accounts: list, make, revoke."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.main import get_command

from api.access.own_account import issue_for, revoke_for
from api.access.sign_in import login_of
from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.opening import actor, opened
from api.cli.options import Command, application, json_option, lang_option

LoginArgument = Annotated[str, typer.Argument(metavar="LOGIN", help=say("Tên đăng nhập.", "The account's name."))]
LabelArgument = Annotated[str, typer.Argument(metavar="LABEL", help=say("Tên gọi của mã.", "What the token is called."))]
LangOption = Annotated[Lang | None, lang_option()]
JsonOption = Annotated[bool, json_option()]


def build() -> Any:
    """The group, in the language of this run."""
    app = application(name="token", help=say("Mã truy cập API.", "API tokens."), no_args_is_help=True)
    app.callback()(_group)
    app.command("list", cls=Command, help=say("Các mã còn hiệu lực.", "The valid tokens."))(run_list)
    app.command("make", cls=Command, help=say("Tạo mã, chỉ hiện một lần.", "Make a token, shown once."))(run_make)
    app.command("revoke", cls=Command, help=say("Thu hồi mã.", "Revoke a token."))(run_revoke)
    return get_command(app)


def _group() -> None:
    """Only subcommands do something."""


def run_list(as_document: JsonOption = False, _lang: LangOption = None) -> int:
    """Every valid token, newest first; never its secret."""
    with opened() as sohoa, sohoa.database.read() as uow:
        rows = uow.tokens.all()
    told = [
        {
            "name": row.name,
            "role": row.role,
            "unit": row.unit,
            "scopes": list(row.scopes),
            "expires_at": row.expires_at.isoformat() if row.expires_at else None,
            "used_at": row.used_at.isoformat() if row.used_at else None,
        }
        for row in rows
    ]
    if as_document:
        console.document({"tokens": told})
    for row in () if as_document else rows:
        until, scopes = f"{row.expires_at:%Y-%m-%d}" if row.expires_at else "-", ",".join(row.scopes) or "*"
        console.out(f"{row.name}  {row.role}@{row.unit or '*'}  {until}  {scopes}")
    return ExitCode.OK


def run_make(
    login: LoginArgument,
    label: LabelArgument,
    scope: Annotated[
        list[str], typer.Option("--scope", metavar="ACTION", help=say("Việc được làm; lặp lại.", "May do; repeat."))
    ],
    days: Annotated[int, typer.Option("--days", metavar="N", help=say("Số ngày có hiệu lực.", "Days it is valid."))] = 90,
    as_document: JsonOption = False,
    _lang: LangOption = None,
) -> int:
    """A token for the account's first role."""
    with opened() as sohoa, sohoa.database.transaction() as uow:
        account = uow.accounts.by_login(login_of(login))
        secret = issue_for(uow, account, "", label, scope, days, sohoa.settings.access.token_days)
    if as_document:
        console.document({"name": f"{account.login}:{label}", "token": secret})
    else:
        console.out(secret)
        console.note(say("Mã chỉ hiện lần này.", "The token is shown only now."))
    return ExitCode.OK


def run_revoke(login: LoginArgument, label: LabelArgument, as_document: JsonOption = False, _lang: LangOption = None) -> int:
    """The token is worth nothing any more."""
    with opened() as sohoa, sohoa.database.transaction() as uow:
        account = uow.accounts.by_login(login_of(login))
        revoke_for(uow, account, f"{account.login}:{label}", actor())
    if as_document:
        console.document({"name": f"{account.login}:{label}", "revoked": True})
    else:
        console.out(say("Đã thu hồi.", "Revoked."))
    return ExitCode.OK
