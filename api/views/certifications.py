"""Views of certifications, register books and entries; the requester is masked in every list."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from api.certification.public_check import PublicAnswer, Standing
from api.views.base import ObjectView, View, mask_id
from signing.grounds import grounds
from signing.model import Indication
from storage.registers import (
    STATE_NAMES,
    Annulment,
    Book,
    BookState,
    Certification,
    CertificationState,
    Ending,
    LockedYear,
    RegisterKind,
    Signed,
)

MASKED_NAME = "•••"


def masked_name(name: str) -> str:
    """Family and middle names hidden: enough to call somebody to the counter."""
    return f"{MASKED_NAME} {name.rsplit(maxsplit=1)[-1]}" if name.split() else ""


class SignedView(View):
    """One signed file of a certification."""

    file: ObjectView
    signer: str
    at: datetime

    @classmethod
    def of(cls, signed: Signed | None) -> Self | None:
        """The file, or None."""
        return cls(file=ObjectView.of(signed.file), signer=signed.signer, at=signed.at) if signed else None


class GroundView(View):
    """One ground of refusal, for the checklist."""

    code: str
    basis: str
    text: str

    @classmethod
    def every(cls, lang: str = "vi") -> tuple[Self, ...]:
        """The whole checklist, in the order of the law."""
        return tuple(cls(code=one.code, basis=one.basis, text=one.text(lang)) for one in grounds().values())


class EndingView(View):
    """A refusal, withdrawal or voiding."""

    reason: str
    by: str
    at: datetime
    grounds: tuple[GroundView, ...]

    @classmethod
    def of(cls, ending: Ending | None, lang: str = "vi") -> Self | None:
        """The ending with its grounds in words, or None."""
        if ending is None:
            return None
        named = tuple(one for one in GroundView.every(lang) if one.code in ending.grounds)
        return cls(reason=ending.reason, by=ending.by, at=ending.at, grounds=named)


class AnnulmentView(View):
    """The decision that annulled a certification."""

    decision: str
    decided_on: date
    reason: str
    by: str
    at: datetime

    @classmethod
    def of(cls, annulment: Annulment | None) -> Self | None:
        """The decision, or None."""
        if annulment is None:
            return None
        return cls(
            decision=annulment.decision,
            decided_on=annulment.decided_on,
            reason=annulment.reason,
            by=annulment.by,
            at=annulment.at,
        )


class CertificationView(View):
    """One certification."""

    id: str
    version: int
    state: CertificationState
    state_name: str
    unit: str
    kind: RegisterKind
    record_code: str
    paper_id: str
    title: str
    requester_name: str
    requester_id: str
    deliver_to: str
    copies: int
    pages: int
    fee_vnd: int
    due_on: date
    extension_days: int
    extension_reason: str
    requested_at: datetime
    requested_by: str
    number: str
    book: str
    certified_on: date | None
    certifier: str
    certifier_title: str
    attested_by: str
    compared_sha256: str
    """What was compared with the original; before the attestation: what is to be compared."""
    check_url: str
    """The public check; empty until the copy is issued."""
    personal: SignedView | None
    issued: SignedView | None
    ending: EndingView | None
    annulment: AnnulmentView | None

    @classmethod
    def of(cls, found: Certification, lang: str = "vi", *, masked: bool = True, compared: str = "", check_url: str = "") -> Self:
        """The certification; the requester is masked unless told otherwise."""
        asked, said, entry = found.request, found.attestation, found.entry
        return cls(
            id=found.id,
            version=found.version,
            state=found.state,
            state_name=STATE_NAMES[found.state][0 if lang == "vi" else 1],
            unit=found.unit,
            kind=found.kind,
            record_code=mask_id(found.record_code) if masked else found.record_code,
            paper_id=found.paper_id,
            title=found.title,
            requester_name=masked_name(asked.requester_name) if masked else asked.requester_name,
            requester_id=mask_id(asked.requester_id) if masked else asked.requester_id,
            deliver_to="" if masked else asked.deliver_to,
            copies=asked.copies,
            pages=asked.pages,
            fee_vnd=asked.fee_vnd,
            due_on=asked.due_on,
            extension_days=asked.extension_days,
            extension_reason=asked.extension_reason,
            requested_at=found.requested_at,
            requested_by=found.requested_by,
            number=entry.text if entry else "",
            book=entry.book if entry else "",
            certified_on=entry.on if entry else None,
            certifier=said.name if said else "",
            certifier_title=said.title if said else "",
            attested_by=said.by if said else "",
            compared_sha256=said.compared_sha256 if said else compared,
            check_url=check_url if found.issued else "",
            personal=SignedView.of(found.personal),
            issued=SignedView.of(found.issued),
            ending=EndingView.of(found.ending, lang),
            annulment=AnnulmentView.of(found.annulment),
        )


class BookView(View):
    """One register book."""

    id: str
    label: str
    unit: str
    kind: RegisterKind
    year: int
    ordinal: int
    state: BookState
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    closed_by: str

    @classmethod
    def of(cls, book: Book) -> Self:
        """The book with its label."""
        return cls(
            id=book.id,
            label=book.label,
            unit=book.unit,
            kind=book.kind,
            year=book.year,
            ordinal=book.ordinal,
            state=book.state,
            opened_at=book.opened_at,
            opened_by=book.opened_by,
            closed_at=book.closed_at,
            closed_by=book.closed_by,
        )


class LockedYearView(View):
    """A locked year with its statistics."""

    unit: str
    kind: RegisterKind
    year: int
    statistics: dict[str, int]
    digest: str
    locked_at: datetime
    locked_by: str

    @classmethod
    def of(cls, locked: LockedYear) -> Self:
        """The year."""
        return cls(
            unit=locked.unit,
            kind=locked.kind,
            year=locked.year,
            statistics=locked.statistics,
            digest=locked.digest,
            locked_at=locked.locked_at,
            locked_by=locked.locked_by,
        )


class PublicAnswerView(View):
    """The answer of the public check."""

    standing: Standing
    message: str
    number: str
    book: str
    certified_on: date | None
    unit: str
    agency: str
    paper: str
    pages: int
    sha256: str
    renewed_sha256: str
    signatures: Indication | None
    signers: tuple[str, ...]
    decision: str
    decided_on: date | None

    @classmethod
    def of(cls, answer: PublicAnswer, lang: str = "vi") -> Self:
        """The answer with its one sentence."""
        return cls(
            standing=answer.standing,
            message=answer.sentence(lang),
            number=answer.number,
            book=answer.book,
            certified_on=answer.certified_on,
            unit=answer.unit,
            agency=answer.agency,
            paper=answer.paper,
            pages=answer.pages,
            sha256=answer.sha256,
            renewed_sha256=answer.renewed_sha256,
            signatures=answer.signatures,
            signers=answer.signers,
            decision=answer.decision,
            decided_on=answer.decided_on,
        )
