"""A verdict on the terminal: first line, facts, findings in the fixed order."""

from __future__ import annotations

from pathlib import Path

from api.cli import console
from api.cli.exit_codes import ExitCode
from api.cli.language import language, say
from api.signatures.trusted import Trusted
from signing.model import Indication, Severity
from signing.report.catalogue import label
from signing.report.schema import FileReport, FindingReport, SignatureReport
from signing.report.words import moment

CODES = {
    Indication.PASSED: ExitCode.OK,
    Indication.INDETERMINATE: ExitCode.INDETERMINATE,
    Indication.FAILED: ExitCode.FAILED,
}
COLOURS = {Indication.PASSED: "green", Indication.INDETERMINATE: "yellow", Indication.FAILED: "red"}
MARKS = {Severity.OK: "✓", Severity.INFO: "·", Severity.WARNING: "!", Severity.DOUBT: "?", Severity.FAILURE: "✗"}


def tell_trust(trusted: Trusted) -> None:
    """A word about the trust when there is something to be said."""
    if trusted.demo:
        console.note(
            say(
                "CHÚ Ý: đang tin chứng thư gốc THỬ NGHIỆM của máy này; kết quả KHÔNG CÓ GIÁ TRỊ PHÁP LÝ với chữ ký thử nghiệm.",
                "NOTE: the DEMO root of this machine is trusted; a verdict on a demo signature has NO LEGAL VALUE.",
            ),
            style="yellow",
        )
    if not trusted.store.roots:
        console.note(
            say(
                "Chưa có chứng thư gốc nào để tin; đặt vào thư mục trust/ của SOHOA_DATA_DIR hoặc dùng --trust.",
                "No root certificate is trusted yet; put some into the folder trust/ of SOHOA_DATA_DIR or use --trust.",
            ),
            style="yellow",
        )


def tell_verdict(path: Path, view: FileReport) -> None:
    """The judgement of one file."""
    console.out(f"{view.headline} — {path}", style=COLOURS[view.indication])
    console.out(f"  {view.integrity_message}")
    console.out(f"  {_conclusion(view.indication, view.sub_indication)}   SHA-256 {view.sha256}")
    if view.rendering is not None:
        console.out(f"  {label('rendering.title', language())}: {view.rendering.message}")
    _findings(view.findings, "  ")
    for number, signature in enumerate(view.signatures, start=1):
        _signature(number, signature)


def _conclusion(indication: Indication, sub: str) -> str:
    return f"{indication.value} / {sub}" if sub else indication.value


def _signature(number: int, view: SignatureReport) -> None:
    lang = language()
    kind = "timestamp" if view.is_timestamp else "signature"
    heading = label(kind, lang, number=number, name=view.signer or view.field_name)
    console.out(f"  {heading} — {view.headline}", style=COLOURS[view.indication])
    when = moment(view.signing_time, lang) if view.signing_time else label("time_none", lang)
    source = label(f"time_sources.{view.time_source}", lang)
    console.out(f"    {_conclusion(view.indication, view.sub_indication)}   {view.level}   {when} ({source})   {view.issuer}")
    _findings(view.findings, "    ")


def _findings(findings: tuple[FindingReport, ...], indent: str) -> None:
    for finding in findings:
        console.out(f"{indent}{MARKS[finding.severity]} {finding.message}")
