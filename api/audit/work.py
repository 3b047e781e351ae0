"""Carries one order out: walks the ledger, judges the subjects, writes the results into the folder of the run."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from time import monotonic

from api.audit import anchoring, stored
from api.audit.engine import Fetch, Setting, on_disk, run
from api.audit.journal import Journal
from api.audit.model import Counts, Outcome, Subject
from api.audit.orders import NAMES, PROGRESS, SHOWN, Order, RunKind, RunProgress, SentNames, ShownLine, ShownLines, write
from api.audit.results import AuditSummary, outcome_word, summarised, why
from api.audit.summary import headline, write_all
from api.audit.words import say
from api.errors import Internal
from api.signatures.trusted import Trusted
from api.wiring import Sohoa
from ingest.errors import CodedError
from signing.report.schema import ErrorReport
from storage.errors import LEDGER_FAULTS, NotFound

log = logging.getLogger(__name__)

FILES = "files"
"""Folder of what was sent, until the run is at its end."""
MOST_SHOWN = 500
WORKERS = 2
"""Subjects judged at once: the same child processes serve the pipeline."""
_TOLD_EVERY_S = 0.4


class Stopped(Exception):
    """The program is about to end."""


@dataclass
class Work:
    """One order being carried out."""

    sohoa: Sohoa
    order: Order
    folder: Path
    stopping: Callable[[], bool]
    _progress: RunProgress = field(default_factory=lambda: RunProgress(at=datetime.now(UTC)))
    _told: float = 0.0

    def all(self) -> None:
        """To the end, or until the program ends or something fails; either way the folder tells."""
        try:
            self._tell(now=True, problem=None)
            if self.order.kind is RunKind.LEDGER:
                self._ledger_alone()
            else:
                self._judge()
        except Stopped:
            return
        except CodedError as error:
            self._give_up(error)
        except Exception:
            log.exception("run %s stopped by a defect", self.order.id)
            self._give_up(Internal(reference=self.order.id[:12]))

    def _give_up(self, error: CodedError) -> None:
        told = ErrorReport(
            code=error.code, message=error.message(self.order.lang), retryable=error.retryable, next_step=error.next_step.value,
            params=error.params,
        )  # fmt: skip
        with suppress(Stopped):
            self._tell(now=True, problem=told)

    def _ledger_alone(self) -> None:
        told, outcome = self._ledger()
        self._note(files=0, failed=int(outcome is Outcome.FAILED))
        total = self._progress.total
        self._tell(now=True, finished=True, outcome=outcome, headline=told, ledger=told, done=total)

    def _ledger(self) -> tuple[str, Outcome]:
        """What is said of the chain and its anchors, and how grave it is."""
        lang = self.order.lang
        with self.sohoa.database.read() as uow:
            total = uow.ledger.head().entries
        self._tell(now=True, phase="ledger", total=total)
        report = anchoring.verify(self.sohoa, watch=lambda done: self._tell(phase="ledger", total=total, done=done))
        verdict = report.verdict
        if verdict.ok:
            parts = [say("ledger_whole", lang, entries=verdict.entries)]
        else:
            words = LEDGER_FAULTS.get(str(verdict.fault), (str(verdict.fault),) * 2)
            parts = [say("ledger_broken", lang, seq=verdict.bad_seq, fault=words[0 if lang == "vi" else 1])]
        doubtful = sum(bool(one.problem) for one in report.anchors)
        counted = say("anchors", lang, count=len(report.anchors), doubtful=doubtful)
        parts.append(counted if report.anchors else say("no_anchor", lang))
        if lost := len(report.missing) + len(report.damaged):
            parts.append(say("anchors_lost", lang, count=lost))
        outcome = Outcome.PASSED if report.ok and report.certain else Outcome.INDETERMINATE if report.ok else Outcome.FAILED
        return "; ".join(parts), outcome

    def _judge(self) -> None:
        order, started = self.order, datetime.now(UTC)
        sent = order.kind is RunKind.FILES
        ledger, chain = ("", Outcome.PASSED) if sent else self._ledger()
        signatories = self.sohoa.signatories
        trusted = Trusted(signatories.trust(), (str(self.sohoa.settings.trust_folder),), signatories.trusts_demo)
        setting = Setting(trusted, order.lang, WORKERS)
        subjects, total, fetch = self._subjects()
        self._tell(now=True, phase="files", total=total, done=0, ledger=ledger)
        with Journal(self.folder, setting.basis) as journal:
            watch = self._counted
            counts = run(subjects, journal, setting, self.sohoa.box, fetch=fetch, total=total, on_progress=watch)
            made = summarised(counts, title=order.title, started=started, trusted=trusted, ledger=ledger)
            write_all(journal, made, order.lang)
            write(self.folder, SHOWN, ShownLines(lines=tuple(_shown(journal, order.lang))))
        self._note(files=made.files, failed=made.failed)
        shutil.rmtree(self.folder / FILES, ignore_errors=True)  # nothing that was sent is kept
        self._tell(now=True, finished=True, outcome=min(made.outcome, chain), headline=_headline(made, chain, order.lang))

    def _subjects(self) -> tuple[Iterable[Subject], int, Fetch]:
        order, database = self.order, self.sohoa.database
        if order.kind is RunKind.FILES:
            names = SentNames.model_validate_json((self.folder / NAMES).read_bytes()).names
            files = [self.folder / FILES / f"{place:06d}" for place in range(len(names))]
            return (_of_file(path, name) for path, name in zip(files, names, strict=True)), len(names), on_disk
        fetch = stored.fetcher(self.sohoa.objects, self.sohoa.settings.data_dir.resolve() / "tmp")
        if order.kind is RunKind.BOOK:
            with database.read() as uow:
                book = next((one for one in uow.registers.books("") if one.id == order.book), None)
            if book is None:
                raise NotFound(what="register", key=order.book)
            found = stored.certified(database, book, order.lang)
            return found, len(found), fetch
        first, last = order.first or date(2000, 1, 1), order.last or date(2999, 12, 31)
        return stored.records(database, first, last, order.lang), stored.count_records(database, first, last), fetch

    def _counted(self, counts: Counts) -> None:
        names = ("passed", "indeterminate", "failed", "errors")
        self._tell(done=counts.done, **{name: getattr(counts, name) for name in names})

    def _tell(self, *, now: bool = False, **changes: object) -> None:
        """Write down how far it is, now and then. Raises Stopped."""
        if self.stopping():
            raise Stopped
        self._progress = self._progress.model_copy(update={**changes, "at": datetime.now(UTC)})
        if now or monotonic() - self._told >= _TOLD_EVERY_S:
            self._told = monotonic()
            write(self.folder, PROGRESS, self._progress)

    def _note(self, **counts: int) -> None:
        with self.sohoa.database.transaction() as uow:
            details: dict[str, object] = {
                "scope": self.order.title,
                "run": self.order.id,
                "purpose": self.order.purpose,
                **counts,
            }
            uow.ledger.append("audit.made", "audit", self.order.actor, details)


def _of_file(path: Path, name: str) -> Subject:
    status = path.stat()
    return Subject(name, status.st_size, status.st_mtime_ns, path)


def _shown(journal: Journal, lang: str) -> Iterable[ShownLine]:
    for line in islice(journal.lines(), MOST_SHOWN):
        yield ShownLine(key=line.key, outcome=line.outcome, headline=outcome_word(line, lang), why=why(line, everything=False))


def _headline(made: AuditSummary, chain: Outcome, lang: str) -> str:
    told = headline(made, lang)
    return told if chain is Outcome.PASSED or not made.ledger else f"{told}. {say('ledger', lang)}: {made.ledger}"
