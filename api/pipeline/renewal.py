"""The step that keeps evidence alive: an archive time-stamp over a sealed object, kept as a new object beside the old one.

Done twice, the second one finds that the seal was superseded and does nothing; the bytes of a try that was killed are an object
nobody names.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from api.keeping.errors import RenewalGainsNothing
from api.pipeline.outcome import MACHINE, Context, Outcome, Successor
from signing.lifetime import evidence_until
from signing.model import Level
from signing.renew import renew
from signing.report import VIETNAM
from storage.lasting import SealRow, SealState
from storage.model import Step
from storage.records.unit_of_work import UnitOfWork

PDF = "application/pdf"
RENEWED = "seal.renewed"


def renew_seal(context: Context, step: Step) -> Outcome:
    """Renew the evidence of one sealed object; it is verified before and after."""
    signatories = context.sohoa.signatories
    with context.sohoa.database.read() as uow:
        seal = uow.seals.get(step.subject)
    if seal.state is not SealState.CURRENT:
        return Outcome(_nothing)
    signatories.time_at_hand(Level.B_LTA)
    trust = signatories.trust_to_sign()
    with context.workspace.fetched(seal.object.sha256) as (source,), context.workspace.scratch() as scratch:
        out = scratch / "renewed.pdf"
        renew(source, out, trust, signatories.timestamper())
        until = evidence_until(out, trust)
        if until is None or (seal.evidence_until is not None and until <= seal.evidence_until):
            raise RenewalGainsNothing(until=f"{until:%d/%m/%Y}" if until else "?")
        ref = context.sohoa.objects.put_file(out, PDF)
    fresh = replace(
        seal, id=uuid4().hex, object=ref, level=Level.B_LTA, time_stamped=True, evidence_until=until, previous=seal.id
    )

    def write(uow: UnitOfWork) -> Successor | None:
        _take_place(uow, seal, fresh)
        return None

    return Outcome(write)


def _nothing(uow: UnitOfWork) -> None:
    """Another one has done it."""
    del uow


def _take_place(uow: UnitOfWork, old: SealRow, fresh: SealRow) -> None:
    """Whatever pointed at the old object points at the new one; the old one stays in the store."""
    uow.seals.supersede(old.id, fresh)
    paper = uow.papers.lock(old.paper_id)
    if paper.sealed is not None and paper.sealed.sha256 == old.object.sha256:
        uow.papers.update(paper.id, sealed=fresh.object)
    uow.records.replace_sealed(paper.id, old.object.sha256, fresh.object)
    until = fresh.evidence_until
    details: dict[str, object] = {
        "seal": fresh.id,
        "from": old.object.sha256,
        "sha256": fresh.object.sha256,
        "size": fresh.object.size,
        "evidence_until": until.astimezone(VIETNAM).isoformat() if until else "",
    }
    uow.ledger.append(RENEWED, paper.id, MACHINE, details)
