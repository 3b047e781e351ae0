"""`sohoa verify --report`: where reports go and what they are written as, decided before anything is judged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import typer

from api.audit.report_forms import ReportFormat, SealAs
from api.audit.reports import rendered, write_sealed, write_whole
from api.cli import console
from api.cli.language import language, say
from api.settings import Settings
from api.signatures.signatories import Signatories
from api.signatures.trusted import Trusted
from signing.model import Level
from signing.report.schema import FileReport


@dataclass(frozen=True)
class Wanted:
    """The reports asked for."""

    out: Path
    """The report itself, or a folder that gets one for each file."""
    form: ReportFormat
    trusted: Trusted
    seal: SealAs | None
    settings: Settings | None

    def write(self, view: FileReport, path: Path) -> None:
        """Write the report on one file, sealed if asked; raises CodedError."""
        target = self.out / f"{path.name}.report.pdf" if self.out.is_dir() else self.out
        data = rendered(view, self.trusted.report(), language(), self.form)
        keep_sealed(data, target, self.seal, self.settings)
        console.note(say(f"Đã ghi báo cáo {target}", f"Report written: {target}"))


def wanted(
    out: Path | None, files: list[Path], seal: SealAs | None, settings: Settings | None, trusted: Trusted
) -> Wanted | None:
    """What `--report` and `--seal` ask for, or None; raises the parser's BadParameter for what cannot be."""
    if out is None:
        if seal is not None:
            raise typer.BadParameter(say("cần --report hoặc --batch", "needs --report or --batch"), param_hint="--seal")
        return None
    if out.is_dir():
        return Wanted(out, ReportFormat.PDF, trusted, seal, settings)
    form = {".pdf": ReportFormat.PDF, ".html": ReportFormat.HTML, ".htm": ReportFormat.HTML}.get(out.suffix.lower())
    if form is None:
        raise typer.BadParameter(say("tên phải là .pdf hoặc .html", "the name must end in .pdf or .html"), param_hint="--report")
    if len(files) > 1:
        message = say("nhiều tệp cần một thư mục có sẵn", "several files need an existing folder")
        raise typer.BadParameter(message, param_hint="--report")
    if form is ReportFormat.HTML and seal is not None:
        raise typer.BadParameter(say("chỉ ký được báo cáo PDF", "only a PDF report can be signed"), param_hint="--seal")
    if any(out.resolve() == one.resolve() for one in files):
        message = say("trùng với tệp cần kiểm tra", "is the file to be verified itself")
        raise typer.BadParameter(message, param_hint="--report")
    return Wanted(out, form, trusted, seal, settings)


def keep_sealed(data: bytes, out: Path, seal: SealAs | None, settings: Settings | None) -> None:
    """Write `data` to `out`, with a signature of ours when one is asked for; raises CodedError."""
    if seal is None or settings is None:
        write_whole(data, out)
        return
    made = write_sealed(data, out, seal.role, Signatories.of(settings), Level.B_LT)
    console.note(say(f"Báo cáo được ký bởi {made.signer}.", f"The report is signed by {made.signer}."))
