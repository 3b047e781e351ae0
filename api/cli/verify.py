"""`sohoa verify`: a verdict on every signature and on the file, without a database or a service.

Reports on paper are in `api.cli.verify_reports`, whole folders in `api.cli.verify_batch`.
"""

from __future__ import annotations

import importlib
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer

from api.audit.report_forms import SealAs
from api.cli import console
from api.cli.exit_codes import ExitCode, worst
from api.cli.failing import as_json, tell
from api.cli.language import Lang, language, say
from api.cli.one_process import OneProcessBox
from api.cli.options import command, json_option, lang_option
from api.cli.paths import readable_file
from api.cli.verify_telling import CODES, tell_trust, tell_verdict
from api.settings import BadSettings, Settings, load
from api.signatures.trusted import Trusted, configured, given
from ingest.errors import CodedError
from ingest.options import BoxOptions
from signing.report.schema import SCHEMA_FILE, Drawn, ErrorReport, FileReport, UnjudgedFile, VerificationReport
from signing.verify import verify


def build() -> Any:
    """The command, in the language of this run."""
    return command(
        "verify",
        run,
        say(
            "Kiểm tra từng chữ ký số và cả tệp: Hợp lệ / Không thể kết luận / Không hợp lệ. Không cần mạng hay cơ sở dữ liệu.\n\n"
            "Cả thư mục: thêm --batch KẾT_QUẢ; chạy lại cùng lệnh để làm tiếp lượt bị dừng.\n\n"
            "Mã thoát: 0 mọi tệp hợp lệ, 1 có tệp không hợp lệ, 2 dùng sai lệnh,"
            " 3 có tệp không thể kết luận, 4 có tệp không đọc được.",
            "Judge every signature and the file: valid / cannot be concluded / not valid. No network, no database.\n\n"
            "Whole folders: add --batch RESULTS; the same command again goes on where a run was stopped.\n\n"
            "Exit codes: 0 all valid, 1 some not valid, 2 wrong use, 3 some cannot be concluded, 4 some unreadable.",
        ),
    )


def run(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE", help=say("Tệp PDF đã ký; thư mục thì kèm --batch.", "Signed PDFs; with --batch folders too.")
        ),
    ] = None,
    trust: Annotated[
        list[Path] | None,
        typer.Option(
            "--trust",
            metavar="PEM",
            help=say(
                "Chứng thư gốc tin cậy (PEM/DER hoặc thư mục, có thể lặp lại, cả CRL); thay cho mặc định là thư mục trust/ và"
                " gốc thử nghiệm trong SOHOA_DATA_DIR.",
                "Trusted root certificates (PEM/DER or a folder, repeatable, CRLs too); instead of the default: the folder"
                " trust/ and the demo root in SOHOA_DATA_DIR.",
            ),
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report",
            metavar="OUT",
            help=say(
                "Ghi báo cáo để in: tên tệp .pdf hoặc .html; nhiều tệp thì một thư mục có sẵn (mỗi tệp một PDF).",
                "Write a report to print: a .pdf or .html file; for several files an existing folder (a PDF for each).",
            ),
        ),
    ] = None,
    seal: Annotated[
        SealAs | None,
        typer.Option(
            "--seal",
            metavar="agency|personal",
            help=say("Ký số báo cáo PDF bằng khóa cơ quan hoặc cá nhân.", "Sign the PDF with the agency's or own key."),
        ),
    ] = None,
    results: Annotated[
        Path | None,
        typer.Option(
            "--batch",
            metavar="RESULTS",
            help=say(
                "Kiểm tra hàng loạt, ghi results.csv, summary.json, summary.pdf vào thư mục này; làm tiếp được.",
                "Verify in bulk; results.csv, summary.json, summary.pdf go into this folder; can be resumed.",
            ),
        ),
    ] = None,
    render: Annotated[
        bool,
        typer.Option(
            "--render",
            help=say("Vẽ lại trang lúc ký để so với bây giờ.", "Draw the pages as signed beside the pages now, as evidence."),
        ),
    ] = False,
    schema: Annotated[
        bool,
        typer.Option("--schema", help=say("In JSON Schema của báo cáo.", "Print the report's JSON Schema.")),
    ] = False,
    as_document: Annotated[bool, json_option()] = False,
    _lang: Annotated[Lang | None, lang_option()] = None,
) -> int:
    """Judge each file; the exit code is the worst of them."""
    if schema:
        console.out(SCHEMA_FILE.read_text(encoding="utf-8").rstrip())
        return ExitCode.OK
    if not files:
        raise typer.BadParameter(say("cần ít nhất một tệp", "at least one file is needed"), param_hint="FILE")
    settings = _settings(lenient=bool(trust) and seal is None)
    trusted = (
        configured(settings)
        if settings is not None and not trust
        else given([path if path.is_dir() else readable_file(path) for path in trust or ()])
    )
    if not as_document:
        tell_trust(trusted)
    if results is not None:
        if report is not None:
            raise typer.BadParameter(say("không dùng cùng --batch", "does not go with --batch"), param_hint="--report")
        return int(_part("verify_batch").batch(files, results, trusted, settings, seal, as_document=as_document))
    if any(path.is_dir() for path in files):
        raise typer.BadParameter(say("thư mục cần --batch KẾT_QUẢ", "a folder needs --batch RESULTS"), param_hint="FILE")
    asked = report is not None or seal is not None
    reports = _part("verify_reports").wanted(report, files, seal, settings, trusted) if asked else None
    return _each(files, trusted, settings, reports, render=render, as_document=as_document)


def _part(name: str) -> Any:
    """A module of this command that only some runs need: typesetting and keys double the time to start."""
    return importlib.import_module(f"api.cli.{name}")


def _settings(*, lenient: bool) -> Settings | None:
    """The settings; with a trust named on the command line a wrong one of them is told and does not matter."""
    try:
        return load()
    except BadSettings as error:
        if not lenient:
            raise
        tell(error)
        console.note(
            say("Vẫn kiểm tra, chỉ theo --trust và giới hạn mặc định.", "Verifying all the same, by --trust and default limits."),
            style="yellow",
        )
        return None


def _drawn(box: OneProcessBox, path: Path) -> Drawn | None:
    """The pages as signed beside the pages now; None for a file that nothing can be drawn of."""
    try:
        found: Drawn = box.run(importlib.import_module("signing.rendering").compare, path)
    except (CodedError, OSError) as error:
        if isinstance(error, CodedError):
            tell(error, str(path))
        return None
    return found


class Reports(Protocol):
    """Where reports go (`api.cli.verify_reports.Wanted`)."""

    def write(self, view: FileReport, path: Path) -> None:
        """Write the report on one file."""


def _each(
    files: list[Path], trusted: Trusted, settings: Settings | None, reports: Reports | None, *, render: bool, as_document: bool
) -> int:
    """One file after the other in this process."""
    codes: list[ExitCode] = []
    told: list[FileReport | UnjudgedFile] = []
    with OneProcessBox(settings.box if settings else BoxOptions()) as box:
        for path in files:
            try:
                verdict = box.run(partial(verify, name=path.name), readable_file(path), trusted.store)
            except CodedError as error:
                tell(error, str(path))
                codes.append(ExitCode.REFUSED)
                told.append(UnjudgedFile(name=path.name, error=ErrorReport.model_validate(as_json(error))))
                continue
            codes.append(CODES[verdict.indication])
            view = FileReport.of(verdict, language(), _drawn(box, path) if render and verdict.signatures else None)
            told.append(view)
            if not as_document:
                tell_verdict(path, view)
            if reports is not None:
                reports.write(view, path)
    if as_document:
        console.document(VerificationReport(trust=trusted.report(), files=tuple(told)).model_dump(mode="json"))
    return worst(codes)
