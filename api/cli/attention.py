"""`sohoa attention`: what no machine could finish, as lines a person acts on: retry, give up with a reason."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.main import get_command

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, language, say
from api.cli.opening import actor, opened
from api.cli.options import Command, application, json_option, lang_option
from api.intake.attention import AttentionDesk
from api.intake.refused_files import RefusedFiles
from api.views.intake import AttentionView, FileView
from api.web.catalogue import Texts


def build() -> Any:
    """The group, in the language of this run; without a subcommand it lists."""
    app = application(
        name="attention", help=say("Việc cần người xử lý.", "Work that needs a person."), invoke_without_command=True
    )
    app.callback()(run_list)
    app.command("retry", cls=Command, help=say("Thử lại các bước nêu tên.", "Try the named steps again."))(run_retry)
    app.command(
        "give-up", cls=Command, help=say("Bỏ một bước, kèm lý do; tệp gốc vẫn được giữ.", "Give a step up, with a reason.")
    )(run_give_up)
    return get_command(app)


def run_list(
    context: typer.Context,
    batch: Annotated[str, typer.Option("--batch", metavar="ID", help=say("Chỉ một đợt.", "One batch only."))] = "",
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """The lines, oldest first."""
    if context.invoked_subcommand is not None:
        return ExitCode.OK
    with opened() as sohoa:
        views = [AttentionView.of(line, language()) for line in AttentionDesk(sohoa).lines(batch)]
        refused = [FileView.of(row, language()) for row in RefusedFiles(sohoa).lines(batch)]
    if as_document:
        steps, files = ([view.model_dump(mode="json") for view in some] for some in (views, refused))
        console.document({"attention": steps, "refused": files})
        return ExitCode.OK
    for view in views:
        reason = f"{view.reason.message} [{view.reason.code}]" if view.reason else ""
        console.out(f"{view.step_id}  {Texts(language()).label('step', view.kind)}  {view.file_name}: {reason}")
    for file in refused:
        reason = f"{file.reason.message} [{file.reason.code}]" if file.reason else ""
        console.out(f"{file.id}  {Texts(language()).label('file_state', file.state)}  {file.name}: {reason}")
    if views:
        console.note(
            say(
                "`sohoa attention retry MÃ_BƯỚC` để thử lại, `sohoa attention give-up MÃ_BƯỚC --reason …` để bỏ.",
                "`sohoa attention retry STEP` to try again, `sohoa attention give-up STEP --reason …` to give up.",
            )
        )
    if refused:
        console.note(
            say(
                "Tệp bị từ chối: gửi tệp khác hoặc bỏ tệp trên trang «Cần bạn xử lý».",
                "Refused files: send a better one or give it up on the page “Needs you”.",
            )
        )
    if not views and not refused:
        console.note(say("Không có việc nào cần xử lý.", "Nothing needs a person."))
    return ExitCode.OK


def run_retry(
    steps: Annotated[list[str], typer.Argument(metavar="STEP", help=say("Mã bước.", "Step ids."))],
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Put the steps back to work from the start."""
    with opened() as sohoa:
        desk = AttentionDesk(sohoa)
        for step in steps:
            desk.retry(step, actor=actor())
        embedded = sohoa.settings.embedded
    if as_document:
        console.document({"retried": steps})
        return ExitCode.OK
    console.out(say(f"Sẽ thử lại {len(steps)} bước.", f"{len(steps)} steps will be tried again."))
    if embedded:
        console.note(say("Bộ xử lý làm tiếp khi `sohoa run` đang chạy.", "Done by the worker while `sohoa run` is running."))
    return ExitCode.OK


def run_give_up(
    step: Annotated[str, typer.Argument(metavar="STEP", help=say("Mã bước.", "Step id."))],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("Lý do, bắt buộc.", "The reason, required."))],
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Stop working on the paper or file behind the step."""
    with opened() as sohoa:
        AttentionDesk(sohoa).give_up(step, reason=reason, actor=actor())
    if as_document:
        console.document({"given_up": step})
    else:
        console.out(say("Đã bỏ; tệp gốc vẫn được giữ.", "Given up; the original is kept."))
    return ExitCode.OK
