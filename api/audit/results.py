"""What an audit leaves beside its journal: a table for spreadsheets, a summary for programs, and one to print and sign."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from api.audit.errors import AuditFolderUnusable
from api.audit.journal import NAME, Journal
from api.audit.model import AuditLine, Counts, Outcome
from api.audit.reports import program_version
from api.audit.words import say
from api.signatures.trusted import Trusted
from api.spreadsheet import opened_for_spreadsheets, write_rows
from signing.findings import CATALOGUE
from signing.model import Severity
from signing.report.schema import FindingReport, SignatureReport, TrustReport
from signing.report.words import moment

CSV = "results.csv"
SUMMARY = "summary.json"
PRINT = "summary.pdf"
_DECIDING = frozenset({Severity.FAILURE, Severity.DOUBT})
_TOLD = _DECIDING | {Severity.WARNING}


class AuditSummary(BaseModel):
    """`summary.json`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    """What was audited, in words."""
    started_at: datetime
    finished_at: datetime
    trust: TrustReport
    files: int
    passed: int
    indeterminate: int
    failed: int
    errors: int
    taken_over: int
    """Judgements taken over from a run that was stopped."""
    passed_over: dict[str, int]
    """Files that were not looked at, by the ending of their names."""
    ledger: str
    """What is said of the ledger; empty when it was not asked."""
    program: str

    @property
    def outcome(self) -> Outcome:
        """The worst there is; an audit of nothing has passed."""
        numbers = ((self.failed, Outcome.FAILED), (self.errors, Outcome.ERROR), (self.indeterminate, Outcome.INDETERMINATE))
        return next((outcome for count, outcome in numbers if count), Outcome.PASSED)


def counted(counts: Counts) -> dict[str, int]:
    """The counts by the names of the summary."""
    names = ("passed", "indeterminate", "failed", "errors", "taken_over")
    return {"files": counts.done} | {name: getattr(counts, name) for name in names}


def summarised(
    counts: Counts,
    *,
    title: str,
    started: datetime,
    trusted: Trusted,
    passed_over: dict[str, int] | None = None,
    ledger: str = "",
) -> AuditSummary:
    """The summary of a run that ends now."""
    return AuditSummary(
        title=title,
        started_at=started,
        finished_at=datetime.now(UTC),
        trust=trusted.report(),
        passed_over=passed_over or {},
        ledger=ledger,
        program=program_version(),
        **counted(counts),
    )


def write_table(journal: Journal, lang: str) -> Path:
    """`results.csv`, failures first; raises AuditFolderUnusable."""
    path = journal.folder / CSV
    try:
        with opened_for_spreadsheets(path) as out:
            write_rows(out, say("columns", lang).split("|"), (_row(line, lang) for line in journal.lines()))
    except OSError as error:
        raise AuditFolderUnusable(folder=journal.folder.name, why=error.strerror or "?") from error
    return path


def worst_lines(journal: Journal, most: int) -> list[AuditLine]:
    """The first `most` subjects that did not pass."""
    found: list[AuditLine] = []
    for line in journal.lines():
        if line.outcome is Outcome.PASSED or len(found) >= most:
            break
        found.append(line)
    return found


def why(line: AuditLine, *, everything: bool = True) -> str:
    """In a few sentences what is the matter with a subject; empty when nothing is. Else than `everything`: what decided."""
    return " ".join(dict.fromkeys(_reasons(line, _TOLD if everything else _DECIDING)))


def outcome_word(line: AuditLine, lang: str) -> str:
    """The headline of a subject."""
    if line.problems:
        return say("not_as_recorded", lang)
    return say("error", lang) if line.report is None else line.report.headline


def _reasons(line: AuditLine, severities: frozenset[Severity]) -> Iterator[str]:
    yield from (problem.message for problem in line.problems)
    if line.error is not None:
        yield line.error.message
    if line.report is None:
        return
    findings = [*line.report.findings, *(found for one in line.report.signatures for found in one.findings)]
    first: dict[str, FindingReport] = {}
    for found in sorted(findings, key=partial(_weight, sub=line.report.sub_indication)):
        first.setdefault(found.code, found)
    yield from (found.message for found in first.values() if found.severity in severities)


def _weight(found: FindingReport, sub: str) -> tuple[int, bool]:
    """The gravest first, and among them what the conclusion names."""
    order = (Severity.FAILURE, Severity.DOUBT, Severity.WARNING, Severity.INFO, Severity.OK)
    return order.index(found.severity), CATALOGUE[found.code].indicates != sub


def _row(line: AuditLine, lang: str) -> list[object]:
    report = line.report
    signatures = [one for one in report.signatures if not one.is_timestamp] if report else []
    return [
        line.key,
        outcome_word(line, lang),
        report.indication.value if report else "",
        report.sub_indication if report else (line.error.code if line.error else ""),
        report.integrity_message if report else "",
        len(signatures) if report else "",
        _joined(one.signer for one in signatures),
        _joined(say(f"role_{one.role.value}", lang) for one in signatures),
        _joined(_time(one, lang) for one in signatures),
        why(line),
        line.sha256,
        line.size,
        moment(report.checked_at if report else line.judged_at, lang),
    ]


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(parts)


def _time(one: SignatureReport, lang: str) -> str:
    if one.signing_time is None:
        return "?"
    return f"{moment(one.signing_time, lang)} ({say(f'time_{one.time_source}', lang)})"


def files_of(folder: Path) -> tuple[Path, ...]:
    """The result files in `folder`."""
    return tuple(folder / name for name in (SUMMARY, PRINT, CSV, NAME) if (folder / name).exists())
