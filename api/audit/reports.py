"""The report on one file, written as PDF or HTML, and sealed by us when asked.

A sealed report is a PDF whose signature our own verification has passed; an HTML page cannot carry one.
"""

from __future__ import annotations

import os
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from uuid import uuid4

from api.audit.report_forms import ReportFormat
from api.refusals import ReportNotWritten
from api.signatures.signatories import Signatories
from signing.model import Level, Role, Seal, SealKind, SealRequest
from signing.report.html import page
from signing.report.outline import outline
from signing.report.pdf import document
from signing.report.schema import FileReport, TrustReport
from signing.seal import seal

_FIELD = "SoHoa-BaoCao"
_REASON = "Báo cáo kiểm tra chữ ký số"


def rendered(report: FileReport, trust: TrustReport, lang: str, form: ReportFormat) -> bytes:
    """The report on one file; raises PrintFontMissing for a PDF where the Liberation fonts are not installed."""
    told = outline(report, trust, lang)
    return document(told, program_version()) if form is ReportFormat.PDF else page(told, program_version()).encode()


def write_whole(data: bytes, out: Path) -> None:
    """Write `data` to `out`, whole or not at all; raises ReportNotWritten."""
    fresh = out.with_name(f".{out.name}.{uuid4().hex}.part")
    try:
        with fresh.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        fresh.replace(out)
    except OSError as error:
        raise ReportNotWritten(path=out.name, why=error.strerror or type(error).__name__) from error
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def write_sealed(data: bytes, out: Path, role: Role, signatories: Signatories, level: Level) -> Seal:
    """Write the PDF `data` to `out` with a signature of ours in `role`; nothing is written unless it was sealed.

    Raises:
        SigningError: the key, its certificate or the time-stamp is not to be had.
        ReportNotWritten: the file cannot be written.
    """
    key = signatories.agency() if role is Role.AGENCY else signatories.personal()
    signatories.time_at_hand(level)
    unsealed = out.with_name(f".{out.name}.{uuid4().hex}.unsealed")
    write_whole(data, unsealed)
    try:
        request = SealRequest(SealKind.REPORT, role, _FIELD, reason=_REASON, level=level)
        return seal(unsealed, out, request, key, signatories.trust_to_sign(key), signatories.timestamper())
    finally:
        with suppress(OSError):
            unsealed.unlink(missing_ok=True)


def program_version() -> str:
    """The version of the program; `0` when it is not installed as a package."""
    try:
        return version("sohoa")
    except PackageNotFoundError:
        return "0"
