"""Views of what is being taken in: batches, files, their progress, the lines that need a person."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from api.access.secrecy_errors import SecretMarked
from api.views.base import NoteView, ObjectView, ReasonView, View, mask_id
from ingest.errors import NextStep
from storage.model import CERTIFYING, Attention, Batch, BatchProgress, FileRow, FileState, Priority, StepKind

NO_FILE = CERTIFYING | {StepKind.RENEW, StepKind.RECOVER}
"""Steps behind which no file stands that a person could replace."""


class ProgressView(View):
    """How far a batch is; counts come from the database."""

    files: int
    files_refused: int
    files_open: int
    pages: int
    pages_read: int
    papers: int
    papers_done: int
    papers_review: int
    papers_held: int
    """Read, and waiting for somebody to look at their pages."""
    papers_signing: int
    papers_attention: int
    papers_given_up: int
    papers_waiting: int
    """At work, but held up by something outside (see `waiting_for`); they go on by themselves."""
    waiting_for: str
    """Error code of what most of them wait for, e.g. `signing.timestamp_pending`; or empty."""
    finished: bool
    percent: int
    """0–100, of what is known so far; 100 only when no machine has anything left to do."""

    @classmethod
    def of(cls, progress: BatchProgress) -> Self:
        """The counts, with a percentage for a bar: half of it reading pages, half of it finishing papers."""
        awaited = progress.papers_review + progress.papers_signing + progress.papers_attention + progress.papers_held
        settled = progress.papers_done + awaited + progress.papers_given_up
        read = progress.pages_read / progress.pages if progress.pages else 0.0
        done = settled / progress.papers if progress.papers else 0.0
        percent = 100 if progress.finished else min(99, int(50 * read + 50 * done))
        return cls(
            files=progress.files,
            files_refused=progress.files_refused,
            files_open=progress.files_open,
            pages=progress.pages,
            pages_read=progress.pages_read,
            papers=progress.papers,
            papers_done=progress.papers_done,
            papers_review=progress.papers_review,
            papers_held=progress.papers_held,
            papers_signing=progress.papers_signing,
            papers_attention=progress.papers_attention,
            papers_given_up=progress.papers_given_up,
            papers_waiting=progress.papers_waiting,
            waiting_for=progress.waiting_for,
            finished=progress.finished,
            percent=percent,
        )


class BatchView(View):
    """One delivery of files."""

    id: str
    unit: str
    actor: str
    dossier: str
    owner: str
    priority: Priority
    automatic: bool
    hold: bool
    created_at: datetime
    progress: ProgressView | None = None

    @classmethod
    def of(cls, batch: Batch, progress: BatchProgress | None = None, *, masked: bool = True) -> Self:
        """The batch, with its progress if given."""
        return cls(
            id=batch.id,
            unit=batch.unit,
            actor=batch.actor,
            dossier=batch.dossier,
            owner=mask_id(batch.owner) if masked else batch.owner,
            priority=batch.priority,
            automatic=batch.automatic,
            hold=batch.hold,
            created_at=batch.created_at,
            progress=ProgressView.of(progress) if progress else None,
        )


class FileView(View):
    """One received file and what became of it."""

    id: str
    batch_id: str
    name: str
    object: ObjectView
    state: FileState
    kind: str
    pages: int
    parent_id: str
    reason: ReasonView | None
    notes: tuple[NoteView, ...]
    created_at: datetime

    @classmethod
    def of(cls, row: FileRow, lang: str = "vi") -> Self:
        """The file; a refused one carries its reason."""
        return cls(
            id=row.id,
            batch_id=row.batch_id,
            name=row.name,
            object=ObjectView.of(row.object),
            state=row.state,
            kind=row.kind,
            pages=row.pages,
            parent_id=row.parent_id,
            reason=ReasonView.of(row.reason_code, row.reason_params, lang),
            notes=tuple(NoteView.of(note, lang) for note in row.notes),
            created_at=row.created_at,
        )


class AttentionView(View):
    """A line a person can act on: what happened, to which paper, what to press (the advised button first)."""

    step_id: str
    kind: StepKind
    batch_id: str
    file_id: str
    file_name: str
    paper_id: str
    reason: ReasonView | None
    actions: tuple[str, ...]
    since: datetime
    secret_page: int | None = None
    """The page (from 0) that bears a mark of state secrecy, if that stopped the paper."""

    @classmethod
    def of(cls, line: Attention, lang: str = "vi") -> Self:
        """The line with its sentence and the buttons that make sense."""
        reason = ReasonView.of(line.error_code, line.error_params, lang)
        secret = line.error_code == SecretMarked.code
        usual: tuple[NextStep, ...] = (NextStep.RETRY, NextStep.REPLACE, NextStep.GIVE_UP)
        if line.kind in NO_FILE:  # another file would not help; giving a certification up makes its number void
            usual = (NextStep.RETRY, NextStep.GIVE_UP)
        if secret:  # neither another try nor another scan makes a state secret fit to be digitised
            usual = (NextStep.GIVE_UP,)
        advised = reason.next_step if reason else NextStep.RETRY
        actions = tuple(action.value for action in sorted(usual, key=lambda step: step is not advised))
        if line.kind is StepKind.FILE:  # only a person can say where it belongs
            actions = ("file", "give_up")
        return cls(
            step_id=line.step_id,
            kind=line.kind,
            batch_id=line.batch_id,
            file_id=line.file_id,
            file_name=line.file_name,
            paper_id=line.paper_id,
            reason=reason,
            actions=actions,
            since=line.since,
            secret_page=int(str(line.error_params.get("page", 1))) - 1 if secret else None,
        )
