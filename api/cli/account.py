"""`sohoa account`: accounts of people: list, create, one-time password, disable, enable, unlock, roles in units."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.main import get_command

from api.access.accounts import AccountDesk, AccountLine
from api.access.permissions import Role
from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, say
from api.cli.opening import actor, opened
from api.cli.options import Command, application, json_option, lang_option
from storage.errors import NotFound
from storage.people import Account

LoginArgument = Annotated[str, typer.Argument(metavar="LOGIN", help=say("Tên đăng nhập.", "The account's name."))]
RoleOption = Annotated[
    Role, typer.Option("--role", metavar="ROLE", help=say("Vai trò: clerk, reviewer, …", "clerk, reviewer, …"))
]
UnitOption = Annotated[
    str, typer.Option("--unit", metavar="CODE", help=say("Mã đơn vị; trống: mọi đơn vị.", "Unit; empty: all."))
]
LangOption = Annotated[Lang | None, lang_option()]
JsonOption = Annotated[bool, json_option()]


def build() -> Any:
    """The group, in the language of this run."""
    app = application(name="account", help=say("Tài khoản người dùng.", "Accounts of people."), no_args_is_help=True)
    app.callback()(_group)
    for name, run, vietnamese, english in (
        ("list", run_list, "Các tài khoản.", "The accounts."),
        ("create", run_create, "Tạo tài khoản, in mật khẩu dùng một lần.", "Make an account, print its one-time password."),
        ("reset-password", run_reset, "Cấp mật khẩu dùng một lần mới.", "Issue a new one-time password."),
        ("reset-second-factor", run_forget, "Xóa xác thực hai bước.", "Forget the second factor."),
        ("disable", run_disable, "Vô hiệu hóa.", "Disable."),
        ("enable", run_enable, "Kích hoạt lại, in mật khẩu dùng một lần.", "Enable again, print a one-time password."),
        ("unlock", run_unlock, "Mở khóa sau khi nhập sai.", "Unlock after wrong passwords."),
        ("give", run_give, "Giao vai trò trong đơn vị.", "Give a role in a unit."),
        ("take", run_take, "Thôi giao vai trò trong đơn vị.", "Take a role in a unit away."),
    ):
        app.command(name, cls=Command, help=say(vietnamese, english))(run)
    return get_command(app)


def _group() -> None:
    """Only subcommands do something."""


def _shown(line: AccountLine) -> dict[str, object]:
    account = line.account
    state = "disabled" if account.disabled_at else "paused" if line.paused else "one_time" if account.one_time_until else "active"
    return {
        "login": account.login,
        "name": account.name,
        "state": state,
        "second_factor": bool(account.totp_secret),
        "roles": [{"role": hat.role, "unit": hat.unit} for hat in line.hats],
        "seen_at": account.seen_at.isoformat() if account.seen_at else None,
    }


def run_list(as_document: JsonOption = False, _lang: LangOption = None) -> int:
    """The accounts, by name."""
    with opened() as sohoa:
        lines = AccountDesk(sohoa, actor()).lines()
    if as_document:
        console.document({"accounts": [_shown(line) for line in lines]})
    for line in () if as_document else lines:
        told = _shown(line)
        roles = ", ".join(f"{hat.role}@{hat.unit or '*'}" for hat in line.hats)
        console.out(f"{told['login']}  {told['name']}  {told['state']}  {roles}")
    return ExitCode.OK


def run_create(
    login: LoginArgument,
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help=say("Họ và tên.", "Full name."))],
    role: RoleOption,
    unit: UnitOption = "",
    external: Annotated[bool, typer.Option("--external", help=say("Người ngoài cơ quan.", "From outside the agency."))] = False,
    as_document: JsonOption = False,
    _lang: LangOption = None,
) -> int:
    """Make an account with a role; the one-time password is printed once."""
    with opened() as sohoa:
        account, password = AccountDesk(sohoa, actor()).create(login, name, role, unit, external=external)
    return _told_password(account, password, as_document=as_document)


def run_reset(login: LoginArgument, as_document: JsonOption = False, _lang: LangOption = None) -> int:
    """A one-time password in place of the present one."""
    with opened() as sohoa:
        desk = AccountDesk(sohoa, actor())
        account = desk.find(login)
        password = desk.reset_password(account.id)
    return _told_password(account, password, as_document=as_document)


def run_forget(login: LoginArgument, as_document: JsonOption = False, _lang: LangOption = None) -> int:
    """Forget a second factor that was lost."""
    with opened() as sohoa:
        desk = AccountDesk(sohoa, actor())
        account = desk.find(login)
        desk.reset_second_factor(account.id)
    return _done(account, as_document=as_document)


def run_disable(login: LoginArgument, as_document: JsonOption = False, _lang: LangOption = None) -> int:
    """Nobody signs in with it any more."""
    with opened() as sohoa:
        desk = AccountDesk(sohoa, actor())
        account = desk.find(login)
        desk.disable(account.id)
    return _done(account, as_document=as_document)


def run_enable(login: LoginArgument, as_document: JsonOption = False, _lang: LangOption = None) -> int:
    """It may be used again."""
    with opened() as sohoa:
        desk = AccountDesk(sohoa, actor())
        account = desk.find(login)
        password = desk.enable(account.id)
    return _told_password(account, password, as_document=as_document)


def run_unlock(login: LoginArgument, as_document: JsonOption = False, _lang: LangOption = None) -> int:
    """The name rests no more."""
    with opened() as sohoa:
        desk = AccountDesk(sohoa, actor())
        account = desk.find(login)
        desk.unlock(account.id)
    return _done(account, as_document=as_document)


def run_give(
    login: LoginArgument, role: RoleOption, unit: UnitOption = "", as_document: JsonOption = False, _lang: LangOption = None
) -> int:
    """Give a role in a unit, from now on."""
    with opened() as sohoa:
        desk = AccountDesk(sohoa, actor())
        account = desk.find(login)
        desk.assign(account.id, role, unit)
    return _done(account, as_document=as_document)


def run_take(
    login: LoginArgument, role: RoleOption, unit: UnitOption = "", as_document: JsonOption = False, _lang: LangOption = None
) -> int:
    """Take a role in a unit away, from now on."""
    with opened() as sohoa:
        desk = AccountDesk(sohoa, actor())
        account = desk.find(login)
        worn = [hat for hat in desk.line(account.id).hats if (hat.role, hat.unit) == (role.value, unit)]
        if not worn:
            raise NotFound(what="assignment", key=f"{role.value} {unit}".strip())
        desk.unassign(account.id, worn[0].id)
    return _done(account, as_document=as_document)


def _told_password(account: Account, password: str, *, as_document: bool) -> ExitCode:
    if as_document:
        console.document({"login": account.login, "one_time_password": password})
    else:
        console.out(f"{account.login}  {password}")
        console.note(say("Mật khẩu dùng một lần, chỉ hiện lần này.", "A one-time password, shown only now."))
    return ExitCode.OK


def _done(account: Account, *, as_document: bool) -> ExitCode:
    if as_document:
        console.document({"login": account.login, "done": True})
    else:
        console.out(say("Xong: ", "Done: ") + account.login)
    return ExitCode.OK
