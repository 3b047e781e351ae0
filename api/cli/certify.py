"""`sohoa certify`: certified electronic copies of paper originals, from the request to the annulment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.main import get_command

from api.certification.checks import Attested, Wanted
from api.certification.desk import CertificationDesk
from api.certification.slips import write
from api.cli import console
from api.cli.certifying import note_viewed, tell, tell_line, view_of, wait_for_signatures
from api.cli.exit_codes import ExitCode
from api.cli.language import Lang, language, say
from api.cli.opening import actor, opened
from api.cli.options import Command, application, json_option, lang_option, purpose_option
from api.views.certifications import CertificationView, GroundView
from storage.errors import NotFound
from storage.registers import CertificationState

DATES = ["%Y-%m-%d", "%d/%m/%Y"]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help=say("Mã yêu cầu chứng thực.", "Id of the certification."))]


def build() -> Any:
    """The group, in the language of this run."""
    app = application(
        name="certify", help=say("Chứng thực bản sao điện tử.", "Certified electronic copies."), no_args_is_help=True
    )
    app.callback()(_group)
    for name, run, vi, en in _commands():
        app.command(name, cls=Command, help=say(vi, en))(run)
    return get_command(app)


def _group() -> None:
    """Only subcommands do something."""


def _commands() -> tuple[tuple[str, Callable[..., int], str, str], ...]:
    """Name, function, help in both languages."""
    return (
        (
            "request",
            run_request,
            "Tiếp nhận yêu cầu chứng thực một giấy tờ đã số hóa.",
            "Take a request for a digitised paper in.",
        ),
        ("checklist", run_checklist, "Danh mục căn cứ từ chối phải kiểm tra.", "The grounds of refusal that must be looked at."),
        ("attest", run_attest, "Xác nhận đã đối chiếu với bản chính, cấp số và ký.", "Attest, take the number and sign."),
        ("refuse", run_refuse, "Từ chối bằng văn bản, nêu căn cứ và lý do.", "Refuse in writing, with ground and reason."),
        ("release", run_release, "Văn thư cho ký số cơ quan.", "Let the agency's signature be put."),
        ("list", run_list, "Liệt kê, mới nhất trước; người yêu cầu được che.", "List, newest first; requesters are masked."),
        ("show", run_show, "Xem một yêu cầu; việc xem được ghi nhật ký.", "Show one; the look is in the ledger."),
        ("file", run_file, "Lấy tệp đã phát hành.", "Write the issued file."),
        ("slip", run_slip, "Phiếu tiếp nhận và hẹn trả, hoặc thông báo từ chối (PDF).", "The receipt, or the refusal, as PDF."),
        ("void", run_void, "Bỏ trước khi phát hành; số đã cấp thành số hủy.", "Give up before issue; its number stays as void."),
        ("annul", run_annul, "Ghi quyết định hủy bỏ bản đã phát hành.", "Enter the decision that annuls an issued copy."),
    )


def run_request(
    code: Annotated[str, typer.Argument(metavar="CODE", help=say("Mã kết quả số hóa.", "Digitisation-result code."))],
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help=say("Họ tên người yêu cầu.", "Requester's name."))],
    identifier: Annotated[str, typer.Option("--id", metavar="ID", help=say("Số giấy tờ tùy thân.", "Requester's identifier."))],
    copies: Annotated[int, typer.Option("--copies", metavar="N", min=1, help=say("Số bản.", "Number of copies."))] = 1,
    deliver_to: Annotated[
        str, typer.Option("--to", metavar="EMAIL", help=say("Thư điện tử; trống: Kho.", "E-mail; else the Kho."))
    ] = "",
    extra: Annotated[int, typer.Option("--extra-days", metavar="N", min=0, help=say("Số ngày hẹn thêm.", "Extra days."))] = 0,
    why: Annotated[str, typer.Option("--extra-reason", metavar="TEXT", help=say("Lý do hẹn thêm.", "Why extra days."))] = "",
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Take a request in and tell its fee and deadline."""
    wanted = Wanted(name, identifier, copies, deliver_to, extra, why)
    with opened() as sohoa:
        view = view_of(sohoa, CertificationDesk(sohoa).request(code, wanted, actor=actor()))
    return _told(view, as_document=as_document)


def run_checklist(
    as_document: Annotated[bool, json_option()] = False, _lang: Annotated[Lang | None, lang_option()] = None
) -> int:
    """The grounds, in the order of the law."""
    views = GroundView.every(language())
    if as_document:
        console.document({"grounds": [view.model_dump(mode="json") for view in views]})
    else:
        for view in views:
            console.out(f"{view.code:7}{view.text} [{view.basis}]")
    return ExitCode.OK


def run_attest(
    certification: IdArgument,
    clear: Annotated[
        str,
        typer.Option(
            "--clear",
            metavar="LIST",
            help=say(
                "Các căn cứ đã xem và KHÔNG có: R1,R2,R3,R4,R5,R6,SHARED.", "Grounds looked at that do NOT apply, all of them."
            ),
        ),
    ],
    matches: Annotated[
        bool, typer.Option("--matches", help=say("Bản quét đúng với bản chính.", "The scan equals the original."))
    ] = False,
    complete: Annotated[bool, typer.Option("--complete", help=say("Đủ các trang có thông tin.", "All pages are there."))] = False,
    title: Annotated[
        str, typer.Option("--title", metavar="TEXT", help=say("Chức danh người chứng thực.", "Certifier's title."))
    ] = "",
    name: Annotated[
        str,
        typer.Option(
            "--name",
            metavar="TEXT",
            help=say("Họ tên người chứng thực (bắt buộc khi họ tự giữ khóa).", "Certifier's full name, if they keep the key."),
        ),
    ] = "",
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help=say("Chờ ký xong.", "Wait until it is signed."))] = True,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Bind the number; without a broker the signing is done here, too."""
    grounds = frozenset(part.strip().upper() for part in clear.split(",") if part.strip())
    with opened() as sohoa:
        said = Attested(grounds, matches, complete, "", title, name)
        found = CertificationDesk(sohoa).attest(certification, said, actor=actor())
        at_desk = sohoa.signatories.certifier_at_desk
        if wait:
            found = wait_for_signatures(sohoa, found.id)
        view = view_of(sohoa, found)
    code = _told(view, as_document=as_document)
    return ExitCode.FAILED if wait and not at_desk and view.state is CertificationState.ATTESTED else code


def run_refuse(
    certification: IdArgument,
    grounds: Annotated[str, typer.Option("--ground", metavar="LIST", help=say("Căn cứ: R1,…", "Grounds: R1,…"))],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("Lý do, bắt buộc.", "The reason, required."))],
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Refuse before a number is taken."""
    found = frozenset(part.strip().upper() for part in grounds.split(",") if part.strip())
    with opened() as sohoa:
        view = view_of(sohoa, CertificationDesk(sohoa).refuse(certification, found, reason, actor=actor()))
    return _told(view, as_document=as_document)


def run_release(
    certification: IdArgument,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help=say("Chờ ký xong.", "Wait until it is signed."))] = True,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Let the agency's signature be put."""
    with opened() as sohoa:
        found = CertificationDesk(sohoa).release(certification, actor=actor())
        if wait:
            found = wait_for_signatures(sohoa, found.id)
        view = view_of(sohoa, found)
    return _told(view, as_document=as_document)


def run_list(
    state: Annotated[
        list[CertificationState] | None,
        typer.Option("--state", metavar="STATE", help=say("Chỉ trạng thái này.", "Only in this state.")),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=1000, help=say("Nhiều nhất.", "At most."))] = 50,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Masked lines, newest first."""
    with opened() as sohoa:
        found = CertificationDesk(sohoa).latest(frozenset(state or ()), limit)
        views = [CertificationView.of(one, language()) for one in found]
    if as_document:
        console.document({"certifications": [view.model_dump(mode="json") for view in views]})
        return ExitCode.OK
    for line in console.columns([tell_line(view) for view in views]):
        console.out(line)
    if not views:
        console.note(say("Chưa có yêu cầu chứng thực nào.", "There are no certifications."))
    return ExitCode.OK


def run_show(
    certification: IdArgument,
    purpose: Annotated[str, purpose_option()] = "",
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """One certification, unmasked."""
    with opened() as sohoa:
        view = view_of(sohoa, CertificationDesk(sohoa).get(certification))
        note_viewed(sohoa, "certification.viewed", view.id, purpose)
    return _told(view, as_document=as_document)


def run_file(
    certification: IdArgument,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help=say("Tệp đích.", "Target file."))],
    purpose: Annotated[str, purpose_option()] = "",
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Write the issued copy."""
    with opened() as sohoa:
        found = CertificationDesk(sohoa).get(certification)
        if found.issued is None:
            raise NotFound(what="file", key=certification)
        note_viewed(sohoa, "certification.downloaded", found.id, purpose)
        sohoa.objects.fetch(found.issued.file.sha256, out)
    if as_document:
        console.document({"id": found.id, "file": str(out), "sha256": found.issued.file.sha256})
    else:
        console.out(str(out))
    return ExitCode.OK


def run_slip(
    certification: IdArgument,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help=say("Tệp PDF đích.", "Target PDF file."))],
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Write what the requester takes home."""
    with opened() as sohoa:
        found = CertificationDesk(sohoa).get(certification)
        note_viewed(sohoa, "certification.viewed", found.id, "slip")
        write(found, sohoa.settings.certification.agency_name or found.unit, out)
    if as_document:
        console.document({"id": found.id, "file": str(out)})
    else:
        console.out(str(out))
    return ExitCode.OK


def run_void(
    certification: IdArgument,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("Lý do, bắt buộc.", "The reason, required."))],
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Give it up."""
    with opened() as sohoa:
        view = view_of(sohoa, CertificationDesk(sohoa).void(certification, reason, actor=actor()))
    return _told(view, as_document=as_document)


def run_annul(
    certification: IdArgument,
    decision: Annotated[str, typer.Option("--decision", metavar="NO", help=say("Số quyết định.", "Number of the decision."))],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("Lý do, bắt buộc.", "The reason, required."))],
    on: Annotated[
        datetime, typer.Option("--date", formats=DATES, metavar="DATE", help=say("Ngày quyết định (2026-01-31).", "Its date."))
    ],
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Enter the decision."""
    day = on.replace(tzinfo=UTC).date()
    with opened() as sohoa:
        view = view_of(sohoa, CertificationDesk(sohoa).annul(certification, decision, day, reason, actor=actor()))
    return _told(view, as_document=as_document)


def _told(view: CertificationView, *, as_document: bool) -> ExitCode:
    if as_document:
        console.document(view.model_dump(mode="json"))
    else:
        tell(view)
    return ExitCode.OK
