"""What a delivery came to, told once for eyes and for machines: papers, refusals, attention, summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from api.cli.delivering import Delivery
from api.cli.language import language
from api.cli.paths import SCANS, Found
from api.views.base import ReasonView
from api.views.intake import AttentionView
from api.wiring import Sohoa
from ingest.model import FileKind
from storage.model import FileRow, FileState, LedgerEntry, Paper, PaperState
from storage.records.unit_of_work import UnitOfWork

PAGE_READ = "page.read"


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One paper, as a line of the report."""

    id: str
    file: str
    state: PaperState
    code: str
    paper_type: str
    title: str
    number: str
    pages: int
    confidence: float
    """Mean word confidence over the pages, 0–1."""
    seconds: float
    """From the paper's making to its last step; waiting for other papers included."""
    already: bool
    reason: ReasonView | None


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """One file that was not taken, with its reason."""

    file: str
    expected: bool
    already: bool
    reason: ReasonView | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything to report."""

    papers: tuple[PaperLine, ...]
    refused: tuple[RefusedLine, ...]
    attention: tuple[AttentionView, ...]
    already: tuple[tuple[str, FileRow], ...]
    """Path and the row under which its bytes are known."""
    twins: tuple[tuple[str, str], ...]

    def count(self, *states: PaperState) -> int:
        """Papers of this delivery (the known ones left out) in one of these states."""
        return sum(1 for line in self.papers if line.state in states and not line.already)


def gather(sohoa: Sohoa, delivery: Delivery) -> Outcome:
    """Read from the database what has become of everything in the delivery, known files included."""
    sent = [(row_id, found, False) for row_id, found in delivery.received.items()]
    sent += [(row.id, found, True) for found, row in delivery.known]
    papers: list[PaperLine] = []
    refused = [
        RefusedLine(str(found.path), found.expected, already=False, reason=ReasonView.of_error(error, language()))
        for found, error in delivery.refused
    ]
    with sohoa.database.read() as uow:
        for row_id, found, already in sent:
            for row in _with_members(uow, row_id):
                shown = f"{found.path}/{row.name}" if row.parent_id else str(found.path)
                papers += [_line(uow, paper, shown, already=already) for paper in uow.papers.of_file(row.id)]
                if row.state is FileState.REFUSED:
                    refused.append(_refusal(row, shown, found, already=already))
        attention = [line for batch_id in delivery.batch_ids for line in uow.steps.attention(batch_id)]
    return Outcome(
        papers=tuple(papers),
        refused=tuple(refused),
        attention=tuple(AttentionView.of(line, language()) for line in attention),
        already=tuple((str(found.path), row) for found, row in delivery.known),
        twins=tuple((str(one.path), str(other.path)) for one, other in delivery.twins),
    )


def _with_members(uow: UnitOfWork, file_id: str) -> tuple[FileRow, ...]:
    """The file and, if it is an archive, the files that came out of it."""
    row = uow.files.get(file_id)
    if row.kind != FileKind.ZIP:
        return (row,)
    return (row, *(other for other in uow.files.of_batch(row.batch_id) if other.parent_id == row.id))


def _refusal(row: FileRow, shown: str, found: Found, *, already: bool) -> RefusedLine:
    expected = Path(row.name).suffix.lower() in SCANS if row.parent_id else found.expected
    return RefusedLine(shown, expected, already, ReasonView.of(row.reason_code, row.reason_params, language()))


def _line(uow: UnitOfWork, paper: Paper, shown: str, *, already: bool) -> PaperLine:
    record = uow.records.of_paper(paper.id)
    journal = uow.journal.of_paper(paper.id)
    found = {field.name: field.value for field in uow.fields.of_paper(paper.id)} if record is None else {}
    return PaperLine(
        id=paper.id,
        file=shown,
        state=paper.state,
        code=paper.code,
        paper_type=paper.paper_type,
        title=record.title if record else found.get("title", ""),
        number=record.number if record else found.get("number", ""),
        pages=paper.pages,
        confidence=_confidence(journal),
        seconds=_seconds(paper, journal),
        already=already,
        reason=ReasonView.of(paper.reason_code, paper.reason_params, language()),
    )


def _confidence(journal: Sequence[LedgerEntry]) -> float:
    read = [float(str(entry.details.get("confidence", 0))) for entry in journal if entry.event == PAGE_READ]
    return round(sum(read) / len(read), 3) if read else 0.0


def _seconds(paper: Paper, journal: Sequence[LedgerEntry]) -> float:
    last = max((entry.at for entry in journal), default=paper.created_at)
    return round(max(0.0, (last - paper.created_at).total_seconds()), 2)
