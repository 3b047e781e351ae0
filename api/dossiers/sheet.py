"""One dossier as it is looked at: each component with what stands for it, what could, and what happened to it since."""

from __future__ import annotations

from dataclasses import dataclass

from api.records.reuse import ReuseDesk
from api.units import dossier_within
from api.wiring import Sohoa
from storage.access_levels import Audience
from storage.dossiers import Component, Dossier, RecordEnding, Reuse
from storage.model import LedgerEntry, Paper, PaperState, Record, RecordState
from storage.procedures import ComponentKind
from storage.reach import Reach, covers


@dataclass(frozen=True, slots=True)
class Part:
    """One component."""

    component: Component
    kind: ComponentKind | None
    """What the catalogue asks for; None for one that was added by hand or is in no catalogue any more."""
    record: Record | None
    ending: RecordEnding | None
    """Why the record it stands on has lost its force."""
    reuse: Reuse | None
    papers: tuple[Paper, ...]
    """Scanned for it, whatever became of them; latest last."""
    offers: tuple[Record, ...]
    """Records of the owner that might serve it without scanning anything."""
    arriving: tuple[str, ...]
    """Deliveries for it of which no paper was made yet: being looked at, or refused."""


@dataclass(frozen=True, slots=True)
class DossierSheet:
    """The dossier with everything about it."""

    dossier: Dossier
    parts: tuple[Part, ...]
    loose: tuple[Paper, ...]
    """Papers scanned for the dossier without saying for which component, and finished ones for which another stands."""
    result: Record | None
    result_ending: RecordEnding | None
    journal: tuple[LedgerEntry, ...]

    @property
    def warnings(self) -> tuple[RecordEnding, ...]:
        """Decisions that took the force of something this dossier stands on."""
        found = [part.ending for part in self.parts if part.ending] + ([self.result_ending] if self.result_ending else [])
        return tuple(found)


def sheet_of(sohoa: Sohoa, code: str, reach: Reach, audience: Audience | None = None) -> DossierSheet:
    """The dossier within `reach`, whole, offering only records that `audience` may read; raises NotFound."""
    desk = ReuseDesk(sohoa, reach)
    with sohoa.database.read() as uow:
        dossier = dossier_within(uow, code, reach)
        components = uow.dossiers.components(code)
        batches = [(batch.id, batch.component) for batch in uow.batches.of_dossier(code) if covers(reach, batch.unit)]
        all_papers = [one for one in uow.papers.of_dossier(code) if covers(reach, uow.batches.get(one.batch_id).unit)]
        papers = [paper for paper in all_papers if paper.state is not PaperState.GIVEN_UP]
        finished = {one.code for one in papers if one.state is PaperState.DONE}
        known = uow.records.of_codes({part.record for part in components} | {dossier.result_record} | finished)
        endings = uow.reuses.endings_of([one.code for one in known.values() if one.state is not RecordState.IN_FORCE])
        reuses = {one.component: one for one in uow.reuses.of_dossier(code) if one.withdrawn_at is None}
        owned = uow.records.of_owner(dossier.owner.id, audience=audience)
        journal = uow.ledger.of_subjects([code])
    standing, split = {part.code: part.record for part in components}, {paper.batch_id for paper in all_papers}
    idle = {code for code in finished & set(known) if known[code].state is RecordState.IN_FORCE} - set(standing.values())
    parts = tuple(
        Part(
            component=part,
            kind=desk.kind_of(dossier, part.code),
            record=known.get(part.record),
            ending=endings.get(part.record),
            reuse=reuses.get(part.code),
            papers=tuple(paper for paper in papers if paper.component == part.code),
            offers=desk.offers(dossier, part, owned),
            arriving=tuple(batch for batch, component in batches if component == part.code and batch not in split),
        )
        for part in components
    )
    return DossierSheet(
        dossier=dossier,
        parts=parts,
        loose=tuple(paper for paper in papers if paper.component not in standing or paper.code in idle),
        result=known.get(dossier.result_record),
        result_ending=endings.get(dossier.result_record),
        journal=journal,
    )
