"""Judging an uploaded file in a child process; it is deleted before the answer leaves."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from starlette.responses import Response

from api.audit.report_forms import ReportFormat
from api.audit.reports import rendered
from api.http.downloads import content_disposition
from api.intake.receiving import spool
from api.refusals import FileTooLarge
from api.wiring import Sohoa
from ingest.names import safe_name
from signing.model import FileVerdict
from signing.report.schema import FileReport, TrustReport
from signing.trust import TrustStore
from signing.verify import verify

_MEDIA_TYPES = {ReportFormat.PDF: "application/pdf", ReportFormat.HTML: "text/html; charset=utf-8"}


def verify_upload(sohoa: Sohoa, stream: BinaryIO, name: str) -> FileVerdict:
    """The verdict on the bytes of `stream` under the configured trust; raises FileTooLarge or the box's errors."""
    with _spooled(sohoa, stream) as path:
        return sohoa.box.run(_verify, str(path), sohoa.signatories.trust(), safe_name(name))


def report_upload(sohoa: Sohoa, stream: BinaryIO, name: str, lang: str, form: ReportFormat) -> Response:
    """The report on the bytes of `stream` as a download; raises FileTooLarge, PrintFontMissing or the box's errors."""
    store = sohoa.signatories.trust()
    trust = TrustReport(demo=sohoa.signatories.trusts_demo, sources=(), roots_sha256=store.fingerprints())
    shown = safe_name(name)
    with _spooled(sohoa, stream) as path:
        data = sohoa.box.run(_report, str(path), store, shown, trust, lang, form)
    headers = {"Content-Disposition": content_disposition(f"{Path(shown).stem}.report.{form.value}")}
    return Response(data, media_type=_MEDIA_TYPES[form], headers=headers)


@contextmanager
def _spooled(sohoa: Sohoa, stream: BinaryIO) -> Iterator[Path]:
    limit = sohoa.settings.intake.max_file_bytes
    with tempfile.TemporaryDirectory(dir=sohoa.settings.data_dir / "tmp") as folder:
        path = Path(folder) / "upload"
        spool(stream, path, limit, lambda: FileTooLarge(limit_mib=limit // 1024**2))
        yield path


def _verify(path: str, trust: TrustStore, name: str) -> FileVerdict:
    """`signing.verify.verify` with arguments a box can pass."""
    return verify(Path(path), trust, name=name)


def _report(path: str, store: TrustStore, name: str, trust: TrustReport, lang: str, form: ReportFormat) -> bytes:
    return rendered(FileReport.of(_verify(path, store, name), lang), trust, lang, form)
