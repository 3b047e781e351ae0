"""Drives an audit: subjects stream in, child processes judge them, lines go into the journal.

Bounded whatever the number of subjects: a few tasks are under way for each child, and no report stays in memory. One bad,
huge or hanging file is a line with its error.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from api.audit.journal import Entry, Journal
from api.audit.judging import PRELOAD, Task, judged, keep_trust
from api.audit.model import AuditLine, Counts, OnProgress, Outcome, Problem, Subject
from api.audit.reports import program_version
from api.signatures.trusted import Trusted
from ingest.errors import CodedError, FileUnreadable
from ingest.ports import Box
from signing.report.schema import SCHEMA_ID, ErrorReport, FileReport

PRELOADED = PRELOAD
_AHEAD = 2
"""Tasks under way for each worker: the next one waits while one is judged."""

_LOST = frozenset({"storage.object_missing", "storage.object_corrupt"})

Fetch = Callable[[Subject], AbstractContextManager[Path]]
"""The bytes of a subject as a file, for as long as the block lasts; raises CodedError when they are not to be had."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What all judgements of a run share."""

    trusted: Trusted
    language: str
    workers: int
    """Subjects judged at once."""

    @property
    def basis(self) -> str:
        """Fingerprint by which a later run knows judgements it may take over."""
        parts = (self.trusted.fingerprint(), self.language, program_version(), SCHEMA_ID)
        return sha256("\n".join(parts).encode()).hexdigest()


@contextmanager
def on_disk(subject: Subject) -> Iterator[Path]:
    """The file of a subject that lies in a folder."""
    if subject.path is None:
        raise FileUnreadable
    yield subject.path


def run(
    subjects: Iterable[Subject],
    journal: Journal,
    setting: Setting,
    box: Box,
    *,
    fetch: Fetch = on_disk,
    total: int = 0,
    on_progress: OnProgress | None = None,
) -> Counts:
    """Judge every subject that no earlier run has judged on the same basis; returns the counts.

    Args:
        subjects: taken one by one; may be endless work to list.
        journal: where lines go, and what an earlier run left.
        setting: trust, language, number of workers.
        box: child processes, at least as many as `setting.workers`.
        fetch: how the bytes of a subject are got.
        total: how many subjects there are, for progress; 0 when unknown.
        on_progress: called after each subject.

    Raises:
        AuditFolderUnusable: the journal cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="sohoa-audit-") as folder:
        trust_file = Path(folder) / "trust"
        keep_trust(setting.trusted.store, trust_file)
        work = _Work(journal, setting, box, fetch, str(trust_file))
        return work.all(subjects, Counts(total=total), on_progress or _silent)


def _silent(_: Counts) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class _Work:
    journal: Journal
    setting: Setting
    box: Box
    fetch: Fetch
    trust_file: str

    def all(self, subjects: Iterable[Subject], counts: Counts, on_progress: OnProgress) -> Counts:
        """Everything, never more than a few subjects at a time."""
        seen: set[str] = set()
        under_way: set[Future[tuple[Subject, AuditLine | None]]] = set()
        pool = ThreadPoolExecutor(self.setting.workers, thread_name_prefix="audit")
        try:
            for subject in subjects:
                seen.add(subject.key)
                under_way.add(pool.submit(self._one, subject, self.journal.entries.get(subject.key)))
                if len(under_way) >= self.setting.workers * _AHEAD:
                    under_way, counts = self._settle(under_way, counts, on_progress)
            while under_way:
                under_way, counts = self._settle(under_way, counts, on_progress)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        self.journal.keep_only(seen)
        self.journal.sync()
        return counts

    def _settle(
        self, under_way: set[Future[tuple[Subject, AuditLine | None]]], counts: Counts, on_progress: OnProgress
    ) -> tuple[set[Future[tuple[Subject, AuditLine | None]]], Counts]:
        """Write down what is finished; only this thread touches the journal."""
        done, waiting = wait(under_way, return_when=FIRST_COMPLETED)
        for future in done:
            subject, line = future.result()
            if line is None:
                outcome = self.journal.entries[subject.key].outcome
            else:
                self.journal.append(line)
                outcome = line.outcome
            counts = _counted(counts, outcome, taken_over=line is None)
            on_progress(counts)
        return waiting, counts

    def _one(self, subject: Subject, entry: Entry | None) -> tuple[Subject, AuditLine | None]:
        """The line of one subject; None when an earlier one still holds."""
        known = entry.sha256 if entry is not None and _same(subject, entry) else ""
        line = AuditLine(
            key=subject.key,
            size=subject.size,
            mtime_ns=subject.mtime_ns,
            sha256=subject.sha256,
            basis=self.setting.basis,
            judged_at=datetime.now(UTC),
            problems=subject.problems,
        )
        try:
            with self.fetch(subject) as path:
                task = Task(
                    str(path), Path(subject.key).name, known, self.trust_file, self.setting.language, subject.required_roles
                )
                report = self.box.run(judged, task)
        except CodedError as error:
            return subject, self._without_report(line, error)
        if report is None:
            return subject, None
        return subject, _with(line, FileReport.model_validate_json(report))

    def _task(self, subject: Subject, path: Path, known: str) -> Task:
        name = subject.key if subject.path is None else Path(subject.key).name
        return Task(str(path), name, known, self.trust_file, self.setting.language, subject.required_roles)

    def _without_report(self, line: AuditLine, error: CodedError) -> AuditLine:
        """A stored object that is gone or altered is a finding against the store; anything else says that nothing is known."""
        if error.code in _LOST:
            found = Problem(code=error.code, message=error.message(self.setting.language))
            return line.model_copy(update={"problems": (*line.problems, found)})
        return line.model_copy(update={"error": _told(error, self.setting.language)})


def _with(line: AuditLine, report: FileReport) -> AuditLine:
    return line.model_copy(update={"report": report, "sha256": report.sha256})


def _same(subject: Subject, entry: Entry) -> bool:
    """Whether nothing but the bytes themselves could still differ; these are hashed again."""
    unchanged = (subject.size, subject.mtime_ns) == (entry.size, entry.mtime_ns)
    return entry.reusable and unchanged and not subject.problems and entry.outcome is not Outcome.ERROR


def _told(error: CodedError, lang: str) -> ErrorReport:
    return ErrorReport(
        code=error.code,
        message=error.message(lang),
        retryable=error.retryable,
        next_step=error.next_step.value,
        params=error.params,
    )


def _counted(counts: Counts, outcome: Outcome, *, taken_over: bool) -> Counts:
    name = {Outcome.FAILED: "failed", Outcome.ERROR: "errors", Outcome.INDETERMINATE: "indeterminate", Outcome.PASSED: "passed"}
    how = "taken_over" if taken_over else "judged"
    return replace(counts, **{how: getattr(counts, how) + 1, name[outcome]: getattr(counts, name[outcome]) + 1})
