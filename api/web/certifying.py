"""What the page of one certification shows: the scan, the words it would say, what still keeps it from being signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Self

from fastapi import Request
from starlette.responses import Response

from api.access.permissions import Principal
from api.certification.desk import CertificationDesk
from api.rest.certification import whole
from api.signatures.certified_requests import find
from api.signatures.queue import OPEN
from api.views.base import ReasonView
from api.views.certifications import GroundView
from api.web.pictures import pictures_of
from api.web.site import page
from api.wiring import Sohoa
from signing.model import Role
from signing.wording import Wording, WordingFacts, wording_named, wording_on
from storage.model import CERTIFYING, Step, StepState
from storage.records.unit_of_work import UnitOfWork
from storage.registers import Book, BookState, Certification, CertificationState, today_in_vietnam

TO_COME = "…"
"""Stands where the number will stand."""
SAID = (
    "part", "counted", "agrees", "complete", "cleared", "title", "name", "grounds", "reason", "void_reason", "decision",
    "decided_on", "annul_reason",
)  # fmt: skip
"""What the forms of the page send."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the signatures are."""

    failed: Step | None
    waits: bool
    awaited: tuple[Role, ...]
    moving: bool

    @classmethod
    def of(cls, uow: UnitOfWork, found: Certification) -> Self:
        """As the steps and the requests to sign tell it."""
        steps = [step for kind in CERTIFYING if (step := uow.steps.find(kind, found.id))]
        awaited = tuple(role for role in (Role.PERSONAL, Role.AGENCY) if (one := find(uow, found, role)) and one.state in OPEN)
        failed = next((step for step in steps if step.state is StepState.FAILED), None)
        waits = any(step.state is StepState.WAITING for step in steps)
        signing = found.state in {CertificationState.ATTESTED, CertificationState.PERSONALLY_SIGNED}
        return cls(failed, waits, awaited, signing and not (failed or waits))

    def told(self, found: Certification) -> str:
        """A word that changes when anything does: the page asks for it while signatures are being put."""
        return f"{found.state}/{self.moving:d}{self.waits:d}{self.failed is not None:d}{len(self.awaited)}"


def certification_page(
    request: Request,
    sohoa: Sohoa,
    who: Principal,
    found: Certification,
    lang: str,
    *,
    problem: str = "",
    said: dict[str, Any] | None = None,
    status: int = 200,
) -> Response:
    """The page; `problem` and `said` bring back what was sent and refused."""
    with sohoa.database.read() as uow:
        paper = uow.papers.get(found.paper_id)
        standing = Standing.of(uow, found)
        books = uow.registers.books(found.unit, found.kind)
    book = next((one for one in books if one.state is BookState.OPEN), None)
    failed = standing.failed
    context: dict[str, Any] = {
        "found": whole(sohoa, found, lang),
        "pictures": pictures_of(sohoa, paper),
        "grounds": GroundView.every(lang),
        "book": book,
        "heading": _wording(sohoa, found).heading,
        "lines": wording_lines(sohoa, found, book),
        "own_name": sohoa.signatories.certifier_at_desk,
        "own_title": sohoa.settings.certification.certifier_title,
        "failed": ReasonView.of(failed.error_code, failed.error_params, lang) if failed else None,
        "awaited": [role.value for role in standing.awaited],
        "to_release": found.state is CertificationState.PERSONALLY_SIGNED and standing.waits and not standing.awaited,
        "moving": standing.moving,
        "now": standing.told(found),
        "problem": problem,
        "said": dict.fromkeys(SAID, "") | (said or {}),
        "today": today_in_vietnam(datetime.now(UTC)),
        "following": _following(sohoa, who, found),
    }
    return page(request, "certification.html", who, status, **context)


def _wording(sohoa: Sohoa, found: Certification) -> Wording:
    own = sohoa.settings.certification.wording_file
    if found.attestation is not None:
        return wording_named(found.attestation.wording, own)
    return wording_on(today_in_vietnam(datetime.now(UTC)), own)


def wording_lines(sohoa: Sohoa, found: Certification, book: Book | None) -> tuple[str, ...]:
    """The lời chứng as it is, or as it would be signed today; the number is taken only then."""
    options, said, entry = sohoa.settings.certification, found.attestation, found.entry
    on: date = entry.on if entry else today_in_vietnam(datetime.now(UTC))
    facts = WordingFacts(
        number=entry.text if entry else TO_COME,
        book=entry.book if entry else book.label if book else TO_COME,
        on=on,
        agency=options.agency_name or found.unit,
        title=found.title,
        pages=found.request.pages,
        certifier=said.name if said else TO_COME,
        certifier_title=said.title if said else options.certifier_title or TO_COME,
    )
    return _wording(sohoa, found).fill(facts)


def _following(sohoa: Sohoa, who: Principal, found: Certification) -> str:
    """The id of the next request in line, to go on with; empty when this was the last."""
    waiting = CertificationDesk(sohoa, who.reach).waiting(CertificationState.REQUESTED, 2)
    return next((one.id for one in waiting if one.id != found.id), "")
