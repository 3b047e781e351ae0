"""Use case: an approved disposal is carried out, however often it is interrupted.

Mark, commit, remove, confirm: first the list of objects is written down, then they are moved to the quarantine of both stores,
where nothing finds them; after the grace time those that nobody needs are destroyed, and last the certificate is kept. Somebody
may have stored the same bytes for another paper while they were being moved: then they are brought back. A sweep does
whatever is left of every approved disposal.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from api.keeping import disposal_papers
from api.keeping.disposal import DisposalDesk
from api.wiring import Sohoa
from ingest.errors import CodedError
from ingest.model import Sha256
from storage.model import RecordState
from storage.preservation import KeepingStore
from storage.retention import Disposal, DisposalState

log = logging.getLogger(__name__)
ACTOR = "sohoa"
REMOVED, DONE, REAPPLIED = "disposal.removed", "disposal.done", "disposal.reapplied"


def sweep(sohoa: Sohoa, *, grace: timedelta | None = None) -> dict[str, int]:
    """Go on with every approved disposal; one that fails is told and does not keep the others back.

    `grace` defaults to the setting. Returns how many are done, wait for the grace time, and failed.
    """
    counts = {"done": 0, "waiting": 0, "failed": 0}
    with sohoa.database.read() as uow:
        open_ones = uow.retention.in_state(DisposalState.APPROVED)
    for one in open_ones:
        try:
            counts["done" if go_on(sohoa, one.id, grace=grace) else "waiting"] += 1
        except CodedError as error:
            log.warning("disposal %s goes on later: %s", one.id, error.code)
            counts["failed"] += 1
    return counts


def go_on(sohoa: Sohoa, disposal_id: str, *, grace: timedelta | None = None) -> bool:
    """Do what can be done of one disposal now; whether it is at its end.

    Raises:
        ObjectLocked, StoreUnavailable: the store does not let the objects go; the next sweep tries again.
        SigningError, PrintFontMissing: the certificate cannot be made yet.
    """
    patience = timedelta(minutes=sohoa.settings.retention.grace_minutes) if grace is None else grace
    with sohoa.database.read() as uow:
        one = uow.retention.get(disposal_id)
    if one.state is not DisposalState.APPROVED:
        return one.state is DisposalState.DISPOSED
    if one.aside_at is None:
        one = _moved(sohoa, _marked(sohoa, one))
    with sohoa.database.read() as uow:
        now = uow.now()
    if one.aside_at is None or now < one.aside_at + patience:
        return False
    _confirmed(sohoa, replace(one, objects=_erased(sohoa, one)))
    return True


def reapply(sohoa: Sohoa, folder: Path) -> int:
    """After a restore: what the certificates say was destroyed is destroyed again; returns how many records.

    Those in `folder` (of backups) and those beside the database count.
    """
    disposal_papers.hand_on(folder, sohoa.settings.data_dir)
    found = 0
    for told, _, _ in disposal_papers.known(sohoa.settings.data_dir):
        with sohoa.database.transaction() as uow:
            record = uow.records.of_codes([told["record"]]).get(told["record"])
            if record is None or record.state is RecordState.DISPOSED:
                continue
            known = uow.retention.of_record(record.code)
            if known is None:
                uow.retention.add(_of(told))
            else:
                uow.retention.move(
                    known.id, known.state, id=told["disposal"], state=str(DisposalState.APPROVED), **_decided(told)
                )
            uow.records.set_state(record.code, RecordState.DISPOSED)
            uow.ledger.append(REAPPLIED, record.paper_id, ACTOR, {"record": record.code, "disposal": told["disposal"]})
            found += 1
    sweep(sohoa, grace=timedelta(0))
    return found


def _stores(sohoa: Sohoa) -> tuple[KeepingStore, ...]:
    return (sohoa.objects,) if sohoa.replica is None else (sohoa.objects, sohoa.replica)


def _marked(sohoa: Sohoa, one: Disposal) -> Disposal:
    """Write down what goes; from here on its absence is right."""
    with sohoa.database.transaction() as uow:
        record = uow.records.lock(one.record)
        uow.objects.enrol()
        uow.retention.forget(record)
        if not one.objects:
            refs = [ref for ref in uow.retention.objects_of(record.paper_id) if not uow.objects.named(ref.sha256)]
            for ref in refs:
                uow.objects.dispose(ref.sha256)
            uow.retention.move(one.id, DisposalState.APPROVED, objects=[asdict(ref) for ref in refs])
        return uow.retention.get(one.id)


def _moved(sohoa: Sohoa, one: Disposal) -> Disposal:
    for told in one.objects:
        for store in _stores(sohoa):
            store.set_aside(Sha256(told["sha256"]))
    with sohoa.database.transaction() as uow:
        uow.retention.move(one.id, DisposalState.APPROVED, aside_at=uow.now())
        paper = uow.records.get(one.record).paper_id
        uow.ledger.append(REMOVED, paper, ACTOR, {"record": one.record, "disposal": one.id, "objects": len(one.objects)})
        return uow.retention.get(one.id)


def _erased(sohoa: Sohoa, one: Disposal) -> tuple[dict[str, Any], ...]:
    """Destroy what still nobody needs; returns what was destroyed."""
    gone = []
    for told in one.objects:
        sha256 = Sha256(told["sha256"])
        with sohoa.database.read() as uow:
            needed = uow.objects.named(sha256)
        for store in _stores(sohoa):
            if not needed:
                store.erase_aside(sha256)
            elif store.size(sha256) is None:
                store.bring_back(sha256)
        if not needed:
            gone.append(told)
    return tuple(gone)


def _confirmed(sohoa: Sohoa, one: Disposal) -> None:
    with sohoa.database.read() as uow:
        record = uow.records.get(one.record)
    kept = DisposalDesk(sohoa).kept(record)
    until = f"{kept.until:%d/%m/%Y}" if kept.until else ""
    data, sheet = disposal_papers.store(sohoa, disposal_papers.certificate(one, record, until, kept.basis))
    with sohoa.database.transaction() as uow:
        if uow.retention.get(one.id).state is not DisposalState.APPROVED:
            return  # another process was faster
        uow.retention.certify(one.id, data, sheet)
        details: dict[str, object] = {"record": one.record, "disposal": one.id, "certificate": data.sha256, "sheet": sheet.sha256}
        uow.ledger.append(DONE, record.paper_id, ACTOR, details | {"objects": len(one.objects)})


def _decided(told: dict[str, Any]) -> dict[str, Any]:
    at = datetime.fromisoformat(told["approved_at"])
    return {"decided_by": told["approved_by"], "decided_at": at, "decided_reason": told["approval"]}


def _of(told: dict[str, Any]) -> Disposal:
    """The disposal a certificate tells of, approved and to be carried out again."""
    asked = datetime.fromisoformat(told["requested_at"])
    made = Disposal(
        told["disposal"], told["record"], told["unit"], told["reason"], DisposalState.APPROVED, told["requested_by"], asked
    )
    return replace(made, **_decided(told))
