"""First start: one paper of the sample dossier gets a certified copy, so that there is a register to look at."""

from __future__ import annotations

from api.certification.checks import Attested, Wanted
from api.certification.desk import CertificationDesk
from api.demo.first_start import ACTOR
from api.wiring import Sohoa
from api.worker.embedded import wait_for
from signing.grounds import grounds
from storage.model import Record
from storage.registers import Certification

CERTIFIER, REGISTRAR = "demo-certifier", "demo-registrar"
WANTED = Wanted("Nguyễn Văn Thử", "000000000000")
"""Invented; the identifier cannot be anybody's."""
SAID = Attested(frozenset(grounds()), matches=True, complete=True, title="CHỦ TỊCH (MẪU)")


def certify_sample(sohoa: Sohoa, batch_id: str) -> Certification | None:
    """Wait until the sample is digitised and certify its first finished paper; None when there is none or it was done before."""
    wait_for(sohoa, batch_id)
    record = _first(sohoa, batch_id)
    if record is None:
        return None
    kind = sohoa.settings.certification.entered_in
    with sohoa.database.transaction() as uow:
        if uow.certifications.latest(limit=1) or uow.registers.books(record.unit, kind):
            return None
        uow.registers.open(record.unit, kind, sohoa.settings.certification.sign_of(kind), REGISTRAR)
    desk = CertificationDesk(sohoa)
    return desk.attest(desk.request(record.code, WANTED, actor=ACTOR).id, SAID, actor=CERTIFIER)


def _first(sohoa: Sohoa, batch_id: str) -> Record | None:
    with sohoa.database.read() as uow:
        found = (uow.records.of_paper(paper.id) for paper in uow.papers.of_batch(batch_id))
        return next((record for record in found if record is not None), None)
