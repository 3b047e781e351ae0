"""`sohoa reuse`: use a record for a component of a dossier; annul and replace records."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

import typer
from typer.main import get_command

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, language, say
from api.cli.opening import actor, opened
from api.cli.options import Command, application, json_option, lang_option
from api.dossiers.portal import message, paper_flags
from api.dossiers.sheet import sheet_of
from api.records.lifecycle import Decided, RecordLifecycle
from api.records.reuse import ReuseDesk
from api.views.dossiers import EligibilityView, EndingView, ReuseView
from storage.dossiers import RecordEnding
from storage.reuse import Answer, rules

Record = Annotated[str, typer.Argument(metavar="CODE", help=say("Mã kết quả số hóa.", "Digitisation-result code."))]
Dossier = Annotated[str, typer.Argument(metavar="DOSSIER", help=say("Mã hồ sơ.", "Dossier code."))]
Component = Annotated[str, typer.Argument(metavar="COMPONENT", help=say("Mã thành phần hồ sơ.", "Component code."))]
Purpose = Annotated[str, typer.Option("--for", metavar="TEXT", help=say("Mục đích; vào sổ nhật ký.", "Purpose; in the ledger."))]
Decision = Annotated[str, typer.Option("--decision", metavar="TEXT", help=say("Số quyết định.", "Number of the decision."))]
Day = Annotated[str, typer.Option("--on", metavar="DATE", help=say("Ngày quyết định, 2026-11-28.", "Its day, 2026-11-28."))]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("Lý do; lưu mãi.", "Reason; kept for ever."))]
Json = Annotated[bool, json_option()]
Language = Annotated[Lang | None, lang_option()]
MARKS = {Answer.PASS: "✔", Answer.UNKNOWN: "?", Answer.FAIL: "✘"}


def build() -> Any:
    """The command group, in the language of this run."""
    app = application(
        name="reuse",
        help=say(
            "Dùng lại kết quả số hóa cho hồ sơ khác; hủy, thay thế kết quả số hóa.",
            "Use a record for another dossier; annul and replace records.",
        ),
        no_args_is_help=True,
    )
    acts: tuple[tuple[str, Callable[..., int], str, str], ...] = (
        ("test", examine, "Kiểm tra từng điều kiện, không ghi gì.", "Ask every question; nothing is written."),
        ("use", use, "Dùng cho thành phần hồ sơ, nếu đạt mọi điều kiện.", "Use it, if every question is answered with yes."),
        ("withdraw", withdraw, "Thôi dùng lại.", "Take a reuse back."),
        ("portal", portal, "Các cờ gửi Cổng dịch vụ công quốc gia (JSON).", "What the national portal is told (JSON)."),
        ("annul", annul, "Hủy kết quả số hóa theo quyết định.", "Annul a record by a decision."),
        ("replace", replace, "Thay kết quả số hóa bằng kết quả khác.", "Let another record take the place."),
    )
    for name, act, vi, en in acts:
        app.command(name, cls=Command, help=say(vi, en))(act)
    return get_command(app)


def examine(
    record: Record, dossier: Dossier, component: Component, purpose: Purpose = "",
    as_document: Json = False, _lang: Language = None,
) -> int:  # fmt: skip
    """Print each answer; exit code 0 only when all are yes."""
    with opened() as sohoa:
        view = EligibilityView.of(ReuseDesk(sohoa).test(record, dossier, component, purpose), language())
    if as_document:
        console.document(view.model_dump(mode="json"))
    else:
        for one in view.outcomes:
            console.out(f"{MARKS[one.result]} {one.name}: {one.sentence}")
    return ExitCode.OK if view.ready else ExitCode.INDETERMINATE if view.possible else ExitCode.FAILED


def use(
    record: Record, dossier: Dossier, component: Component, purpose: Purpose = "",
    override: Annotated[
        list[str] | None,
        typer.Option("--override", metavar="QUESTION=REASON", help=say("Lý do vẫn dùng.", "Reason to go on.")),
    ] = None,
    as_document: Json = False, _lang: Language = None,
) -> int:  # fmt: skip
    """Use the record; prints the flags of the national portal."""
    reasons = dict(one.split("=", 1) for one in override or [] if "=" in one)
    with opened() as sohoa:
        made = ReuseDesk(sohoa).reuse(record, dossier, component, purpose, actor=actor(), overrides=reasons)
        part = next(part for part in sheet_of(sohoa, dossier, "").parts if part.component.code == component)
        view = ReuseView.of(made, rules(sohoa.settings.dossiers.rules_file), language())
    flags = {"MaHoSo": dossier, **paper_flags(part)}
    if as_document:
        console.document({"reuse": view.model_dump(mode="json"), "portal": flags})
    else:
        console.out(say(f"Đã dùng cho hồ sơ {dossier}; mã lần dùng: {made.id}", f"Used for dossier {dossier}; id: {made.id}"))
        console.out(json.dumps(flags, ensure_ascii=False))
    return ExitCode.OK


def withdraw(
    reuse_id: Annotated[str, typer.Argument(metavar="ID", help=say("Mã lần dùng.", "Id of the reuse."))],
    reason: Reason = "", as_document: Json = False, _lang: Language = None,
) -> int:  # fmt: skip
    """Take a reuse back."""
    with opened() as sohoa:
        gone = ReuseDesk(sohoa).withdraw(reuse_id, reason, actor=actor())
    _told({"id": gone.id, "dossier": gone.dossier, "component": gone.component}, as_document=as_document)
    return ExitCode.OK


def portal(dossier: Dossier, _json: Json = False, _lang: Language = None) -> int:
    """Print the message as JSON; the look is in the ledger."""
    with opened() as sohoa:
        sheet = sheet_of(sohoa, dossier, "")
        with sohoa.database.transaction() as uow:
            uow.ledger.append("dossier.viewed", dossier, actor(), {"purpose": "portal"})
        console.document(message(sheet, sohoa.settings.dossiers.portal_states))
    return ExitCode.OK


def annul(record: Record, decision: Decision, on: Day, reason: Reason, as_document: Json = False, _lang: Language = None) -> int:
    """Annul; every dossier that used the record is told."""
    with opened() as sohoa:
        ending = RecordLifecycle(sohoa).annul(record, _decided(decision, on, reason), actor=actor())
    return _ended(ending, as_document=as_document)


def replace(
    record: Record, by: Annotated[str, typer.Argument(metavar="BY", help=say("Mã thay thế.", "What takes its place."))],
    decision: Decision, on: Day, reason: Reason, as_document: Json = False, _lang: Language = None,
) -> int:  # fmt: skip
    """Replace; every dossier that used the record is told."""
    with opened() as sohoa:
        ending = RecordLifecycle(sohoa).replace(record, by, _decided(decision, on, reason), actor=actor())
    return _ended(ending, as_document=as_document)


def _decided(decision: str, on: str, reason: str) -> Decided:
    try:
        return Decided(decision, date.fromisoformat(on), reason)
    except ValueError:
        raise typer.BadParameter(on, param_hint="--on") from None


def _ended(ending: RecordEnding, *, as_document: bool) -> int:
    _told(EndingView.of(ending).model_dump(mode="json"), as_document=as_document)
    return ExitCode.OK


def _told(facts: dict[str, Any], *, as_document: bool) -> None:
    if as_document:
        console.document(facts)
        return
    for line in console.columns([(name, str(value)) for name, value in facts.items() if value]):
        console.out(line)
