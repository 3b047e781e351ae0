"""What must hold when the faults are over and the work has drained. Each check is named; each violation says what is wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

from api.hot.claims import HIDDEN, REASON
from api.keeping.reconciling import reconcile
from api.wiring import Sohoa
from ingest.errors import CodedError
from scripts.soak.load import Journal, Receipt
from storage.model import FileState, PaperState, StepState
from storage.preservation import Place
from storage.records.register_tables import certifications
from storage.records.tables import files, jobs, ledger, pages, papers, records, series, steps
from storage.registers import CertificationState

ENDED = frozenset({PaperState.DONE, PaperState.GIVEN_UP, PaperState.MERGED})
FOR_PEOPLE = {PaperState.REVIEW: StepState.WAITING, PaperState.ATTENTION: StepState.FAILED, PaperState.HELD: StepState.WAITING}
ONCE = ("paper.created", "paper.sealed", "code.issued", "record.stored")


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is not as promised."""

    invariant: str
    what: str


class Everything:
    """What the database holds, read once."""

    def __init__(self, sohoa: Sohoa, journal: Journal, hot: Path) -> None:
        self.sohoa, self.journal, self.hot = sohoa, journal, hot
        self.files, self.papers, self.pages, self.steps = (_rows(sohoa, table) for table in (files, papers, pages, steps))
        self.records, self.entries = _rows(sohoa, records), _rows(sohoa, ledger)
        self.events = Counter((entry.subject, entry.event) for entry in self.entries)


def check(sohoa: Sohoa, journal: Journal, hot: Path, *, settled: bool) -> dict[str, list[Violation]]:
    """Every invariant by name, with what breaks it; `SETTLED` ones when all was retried and has ended."""
    everything = Everything(sohoa, journal, hot)
    asked = INVARIANTS | SETTLED if settled else INVARIANTS
    return {name: [Violation(name, what) for what in holds(everything)] for name, holds in asked.items()}


def _rows(sohoa: Sohoa, table: Table) -> list[Any]:
    with sohoa.database.connection(writes=False) as connection:
        return list(connection.execute(select(table)))


def accepted_once(world: Everything) -> Iterator[str]:
    """Each acknowledged file has exactly one row, the one its receipt names."""
    rows: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for row in world.files:
        if not row.parent_id:
            rows[row.batch_id, row.object_sha256, row.name].append(row)
    for receipt in world.journal.receipts:
        found = rows[receipt.batch, receipt.item.sha256, receipt.name]
        if len(found) != 1:
            yield f"{receipt.name} of batch {receipt.batch}: {len(found)} rows"
        elif found[0].id != receipt.file_id:
            yield f"{receipt.name}: the receipt names {receipt.file_id}, the row is {found[0].id}"
    for key, several in rows.items():
        if len(several) > 1 and key not in {(one.batch, one.item.sha256, one.name) for one in world.journal.receipts}:
            yield f"{key[2]} of batch {key[0]}: {len(several)} rows"


def right_bytes(world: Everything) -> Iterator[str]:
    """What the store gives for each acknowledged file, and for every object a row names, are the very bytes."""
    sohoa, sent = world.sohoa, {receipt.item.sha256: receipt.item.data for receipt in world.journal.receipts}
    with sohoa.database.transaction() as uow:
        uow.objects.enrol()
        named = {str(name) for name, _ in uow.objects.names(Place.MAIN)}
    for name in sorted(named | set(sent)):
        try:
            data = sohoa.objects.read_bytes(name)  # type: ignore[arg-type]
        except CodedError as error:
            yield f"object {name}: {error.code}"
            continue
        if name in sent and data != sent[name]:
            yield f"object {name}: other bytes than were sent"


def files_end(world: Everything) -> Iterator[str]:
    """Every file is taken in with all its pages, refused with the reason it deserves, or a line of the attention list."""
    rows = {row.id: row for row in world.files}
    in_papers = Counter[str]()
    for paper in world.papers:
        in_papers[paper.file_id] += paper.pages
    failed = {step.subject: step for step in world.steps if step.state == StepState.FAILED}
    for row in world.files:
        if row.state == FileState.ACCEPTED:
            if row.kind != "zip" and in_papers[row.id] != row.pages:
                yield f"{row.name}: {row.pages} pages, {in_papers[row.id]} of them in papers"
        elif row.state == FileState.REFUSED:
            if not row.reason_code:
                yield f"{row.name}: refused without a reason"
        elif row.state != FileState.ATTENTION or row.id not in failed:
            yield f"{row.name}: left {row.state}"
    for receipt in world.journal.receipts:
        if row := rows.get(receipt.file_id):
            yield from _as_deserved(receipt, row)


def _as_deserved(receipt: Receipt, row: Any) -> Iterator[str]:
    item = receipt.item
    if item.refusal and row.state == FileState.ACCEPTED:
        yield f"{item.name}: accepted, where {item.refusal} was due"
    elif item.refusal and row.state == FileState.REFUSED and row.reason_code != item.refusal:
        yield f"{item.name}: refused with {row.reason_code}, where {item.refusal} was due"
    elif not item.refusal and row.state == FileState.REFUSED:
        yield f"{item.name}: a good file was refused with {row.reason_code}"
    elif not item.refusal and row.state == FileState.ACCEPTED and row.pages != item.pages:
        yield f"{item.name}: {item.pages} pages were sent, {row.pages} found"


def papers_end(world: Everything) -> Iterator[str]:
    """Every paper is done with its record, or waits for a person on a list that names it."""
    recorded = Counter(record.paper_id for record in world.records)
    waiting = {(step.paper_id, step.state): step for step in world.steps}
    own: dict[str, list[str]] = defaultdict(list)
    for page in world.pages:
        own[page.paper_id].append(page.id)
    for paper in world.papers:
        state = PaperState(paper.state)
        if state is PaperState.DONE:
            if recorded[paper.id] != 1:
                yield f"paper {paper.id}: done with {recorded[paper.id]} records"
            wrong = [f"{event} {count} times" for event in ONCE if (count := world.events[paper.id, event]) != 1]
            if wrong:
                yield f"paper {paper.id}: {', '.join(wrong)}"
            read = [world.events[page, "page.read"] for page in own[paper.id]]
            if read != [1] * paper.pages:
                yield f"paper {paper.id}: its {paper.pages} pages were read {read} times"
        elif state not in ENDED:
            step = waiting.get((paper.id, FOR_PEOPLE.get(state, "")))
            if step is None:
                yield f"paper {paper.id}: {state}, and on no list"
            elif state is PaperState.ATTENTION and not (paper.reason_code and step.error_code):
                yield f"paper {paper.id}: on the attention list without a reason"


def codes(world: Everything) -> Iterator[str]:
    """No code twice, no number twice, none missing in its series."""
    given = [paper.code for paper in world.papers if paper.code]
    yield from (f"code {code} was given {count} times" for code, count in Counter(given).items() if count > 1)
    last = {row.name: row.last for row in _rows(world.sohoa, series) if row.name.startswith("result/")}
    numbers = sorted(int(code.rsplit("-", 1)[-1]) for code in given)
    yield from unbroken("code", numbers, sum(last.values()))


def registers(world: Everything) -> Iterator[str]:
    """Certification numbers: each bound once, none missing, each as its certifier was told, each with an end."""
    entries = [row for row in _rows(world.sohoa, certifications) if row.number]
    last = [row.last for row in _rows(world.sohoa, series) if not row.name.startswith("result/")]
    yield from unbroken("certification number", sorted(int(row.number) for row in entries), sum(last))
    bound = {row.id: row for row in entries}
    for one, number in world.journal.numbers.items():
        if one not in bound or int(number) != bound[one].number:
            yield f"certification {one}: told number {number}, bound {bound[one].number if one in bound else 'none'}"
    failed = {step.subject for step in world.steps if step.state == StepState.FAILED}
    for row in entries:
        if row.state not in {CertificationState.ISSUED, CertificationState.VOID} and row.id not in failed:
            yield f"certification {row.id}: left {row.state}"


def unbroken(what: str, numbers: list[int], last: int) -> Iterator[str]:
    yield from (f"{what} {number} was given {count} times" for number, count in Counter(numbers).items() if count > 1)
    if missing := sorted(set(range(1, last + 1)) - set(numbers)):
        yield f"{what}: {missing} of {last} are missing"
    if beyond := [number for number in numbers if number > last]:
        yield f"{what}: {beyond} beyond the last one, {last}"


def ledger_whole(world: Everything) -> Iterator[str]:
    """The chain of the ledger is whole."""
    with world.sohoa.database.read() as uow:
        verdict = uow.ledger.verify()
    if not verdict.ok:
        yield str(verdict)


def orphans(world: Everything) -> Iterator[str]:
    """Objects and rows agree: nothing that a row names is missing; what no row names is set aside, and then nothing is left."""
    first = reconcile(world.sohoa, grace=timedelta(0))
    if first.missing:
        yield f"{first.missing} objects that rows name are missing"
    second = reconcile(world.sohoa, grace=timedelta(0))
    if second.unnamed or second.set_aside or second.brought_back or second.missing:
        yield f"not settled after setting {first.set_aside} aside: {second}"


def leases(world: Everything) -> Iterator[str]:
    """No lease is left: not of a step, and not of a recurring job beyond its time."""
    for step in world.steps:
        if step.state == StepState.LEASED or (step.lease and step.state != StepState.DONE):
            yield f"step {step.kind} {step.subject}: {step.state} under {step.lease}"
    with world.sohoa.database.read() as uow:
        now = uow.now()
    for job in _rows(world.sohoa, jobs):
        if job.lease and (job.lease_until is None or job.lease_until > now + timedelta(minutes=3)):
            yield f"job {job.name}: held by {job.lease} until {job.lease_until}"


def steps_end(world: Everything) -> Iterator[str]:
    """No step is stuck: each is done, waits for a person, failed with a reason, or was given up."""
    for step in world.steps:
        if step.due_at is not None:
            yield f"step {step.kind} {step.subject}: still {step.state} ({step.error_code or 'no error'}, {step.attempts} tries)"
        elif step.state == StepState.FAILED and not step.error_code:
            yield f"step {step.kind} {step.subject}: failed without a reason"


def hot_folder(world: Everything) -> Iterator[str]:
    """Every file a scanner wrote is received (a row and its bytes), refused with its reason beside it, or still there."""
    received = Counter((row.name, row.object_sha256) for row in world.files)
    for item in world.journal.dropped:
        found = [path for path in world.hot.rglob("*") if path.is_file() and _is(path, item.name)]
        rows = received[item.name, item.sha256]
        claimed = any(item.name in note.read_text(encoding="utf-8") for note in (world.hot / HIDDEN).rglob("claim.json"))
        if rows > 1:
            yield f"{item.name}: {rows} rows"
        if not rows:
            yield f"{item.name}: no row{'' if found or claimed else ', and no file'}"
        elif not found and not claimed:
            yield f"{item.name}: its file is gone"
        elif item.refusal and found and not found[0].with_name(f"{found[0].name}{REASON}").exists():
            yield f"{item.name}: refused without a reason beside it ({found[0].parent.name})"


def _is(path: Path, name: str) -> bool:
    return path.name == name and HIDDEN not in path.parts


def mended(world: Everything) -> Iterator[str]:
    """After one "retry" on every line of the attention list no good file is left on it."""
    good = {receipt.file_id for receipt in world.journal.receipts if not receipt.item.refusal}
    for step in world.steps:
        if step.state == StepState.FAILED and step.file_id in good:
            yield f"step {step.kind} {step.subject}: failed again with {step.error_code}"


INVARIANTS: dict[str, Callable[[Everything], Iterator[str]]] = {
    "accepted-once": accepted_once,
    "files-end": files_end,
    "papers-end": papers_end,
    "codes": codes,
    "registers": registers,
    "ledger": ledger_whole,
    "steps-end": steps_end,
    "hot-folder": hot_folder,
}
SETTLED: dict[str, Callable[[Everything], Iterator[str]]] = {
    "right-bytes": right_bytes,
    "leases": leases,
    "mended": mended,
    "orphans": orphans,
}
