"""What the certification register says of a file, known by its hash: whether it is a certified copy of ours, and in force.

Signatures cannot tell this: those of an annulled copy stay good for ever (Circular 01/2020/TT-BTP Art. 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from api.wiring import Sohoa
from ingest.model import Sha256
from storage.records.unit_of_work import UnitOfWork
from storage.registers import Certification, CertificationState


class Entered(StrEnum):
    """How a file stands in the register."""

    IN_FORCE = "in_force"
    ANNULLED = "annulled"
    ABSENT = "absent"
    """No certified copy of this installation: a copy issued elsewhere, a digitised copy, or something else."""


@dataclass(frozen=True, slots=True)
class RegisterFinding:
    """What the register says; nobody is named."""

    standing: Entered
    number: str = ""
    book: str = ""
    certified_on: date | None = None
    unit: str = ""
    decision: str = ""
    decided_on: date | None = None
    renewed: bool = False
    """The file is the issued one with renewed evidence."""


CLAUSE = "Điều 7 Thông tư 01/2020/TT-BTP; Điều 13 Nghị định 23/2015/NĐ-CP"
"""Where it is written what the finding rests on."""


def in_register(sohoa: Sohoa, sha256: str) -> RegisterFinding:
    """What the register says of the file with this hash."""
    with sohoa.database.read() as uow:
        found, renewed = _issued(uow, Sha256(sha256))
    if found is None or found.entry is None:
        return RegisterFinding(Entered.ABSENT)
    annulled = found.annulment if found.state is CertificationState.ANNULLED else None
    return RegisterFinding(
        Entered.ANNULLED if annulled else Entered.IN_FORCE,
        number=found.entry.text,
        book=found.entry.book,
        certified_on=found.entry.on,
        unit=found.unit,
        decision=annulled.decision if annulled else "",
        decided_on=annulled.decided_on if annulled else None,
        renewed=renewed,
    )


def _issued(uow: UnitOfWork, sha256: Sha256) -> tuple[Certification | None, bool]:
    """The certification whose issued file this is, as issued or with renewed evidence."""
    seal = uow.seals.of_object(sha256)
    if seal is None:
        return None, False
    first = uow.seals.line(seal.origin)[0].object.sha256
    known = (one for one in uow.certifications.of_paper(seal.paper_id) if one.issued is not None)
    found = next((one for one in known if one.issued is not None and one.issued.file.sha256 == first), None)
    return found, first != sha256
