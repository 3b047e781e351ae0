"""Use case: documents are signed by people who keep their keys themselves (domain §5.4).

`prepare` makes many documents ready for one certificate, which is checked first; `finish` takes the signatures. Both do each
document by itself: one that is refused never stops the others. What `finish` accepted is durable and proven to be over exactly
the prepared bytes; the pipeline then adds time-stamp and evidence, verifies, and lets the paper go on.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from api.access.permissions import Action, Principal
from api.certification.desk import void_in
from api.certification.sao_y import NEVER, copiable
from api.intake.attention import close_paper
from api.refusals import ReasonMissing
from api.signatures import certified_requests
from api.signatures.completion import complete_now, give_up
from api.signatures.errors import (
    NotAwaitingSignature,
    SigningExpired,
    SigningNotYours,
    SigningUnknown,
    SigningUsed,
    TooManyToSign,
)
from api.signatures.queue import RESUMES, ToSign, by_ticket, line_of, require_free, require_may, scope_of, signature_for
from api.wiring import Sohoa
from api.workspace import Workspace
from ingest.errors import CodedError
from signing import two_phase
from signing.model import SealKind
from storage.desk import Preparation, SigningRequest, SigningState
from storage.errors import Conflict
from storage.model import PaperState
from storage.reach import covers
from storage.records.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Ready:
    """One document made ready: `attributes` are what the key signs."""

    request_id: str
    ticket: str
    title: str
    attributes: bytes
    digest: str
    document_sha256: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """One document that was not made ready, or one signature that was not taken."""

    key: str
    """Id of the request, or the ticket."""
    error: CodedError


class SigningDesk:
    """What waits for signatures, and the signing of it."""

    def __init__(self, sohoa: Sohoa) -> None:
        self._sohoa = sohoa
        self._options = sohoa.settings.keys

    def waiting(self, who: Principal, limit: int = 100, offset: int = 0, batch_id: str = "") -> tuple[ToSign, ...]:
        """What `who` may sign, oldest first; of one batch if named."""
        role, certifying = scope_of(who)
        with self._sohoa.database.read() as uow:
            found = uow.signing.open(
                unit=who.reach, role=role, certifying=certifying, batch_id=batch_id, limit=limit, offset=offset
            )
            return tuple(line_of(uow, one) for one in found)

    def count(self, who: Principal) -> int:
        """How many there are."""
        role, certifying = scope_of(who)
        with self._sohoa.database.read() as uow:
            return uow.signing.count_open(unit=who.reach, role=role, certifying=certifying)

    def prepare(
        self, ids: Iterable[str], certificate: bytes, chain: tuple[bytes, ...], who: Principal
    ) -> tuple[tuple[Ready, ...], tuple[Refused, ...]]:
        """Make documents ready for the signature of `certificate` (DER); its `chain` are issuers it brings along.

        Each is ready or refused with its reason. Raises TooManyToSign, CertificateUnreadable, KeyTooWeak.
        """
        wanted = tuple(dict.fromkeys(ids))
        self._few(len(wanted))
        key = two_phase.DeskKey(certificate, chain)
        ready: list[Ready] = []
        refused: list[Refused] = []
        with closing(Workspace(self._sohoa.objects, self._sohoa.settings.data_dir / "tmp")) as workspace:
            for request_id in wanted:
                try:
                    ready.append(self._prepare(request_id, key, who, workspace))
                except CodedError as error:
                    refused.append(Refused(request_id, error))
        return tuple(ready), tuple(refused)

    def finish(self, signatures: Mapping[str, bytes], who: Principal) -> tuple[tuple[str, ...], tuple[Refused, ...]]:
        """Take raw signatures by their tickets; returns the ids of the requests they were taken for, and the refusals.

        One that was good and yet led to no document (it does not verify, the record was annulled meanwhile) is a refusal too.
        """
        self._few(len(signatures))
        taken: list[str] = []
        refused: list[Refused] = []
        for ticket, signature in signatures.items():
            try:
                request_id = self._take(ticket, signature, who)
                complete_now(self._sohoa, request_id)
                taken.append(request_id)
            except CodedError as error:
                refused.append(Refused(ticket, error))
        if taken:
            self._sohoa.wake_workers()
        return tuple(taken), tuple(refused)

    def send_back(self, request_id: str, *, reason: str, who: Principal) -> None:
        """The signer will not sign this: the paper is given up, to be scanned again or left out; its bytes stay.

        The number of a certification becomes void, which is the certifier's to do.

        Raises ReasonMissing, NotAwaitingSignature, NotFound, Forbidden, SigningNotYours.
        """
        if not reason.strip():
            raise ReasonMissing
        with self._sohoa.database.transaction() as uow:
            request = uow.signing.get(request_id)
            if request.kind is SealKind.CERTIFIED_COPY:
                self._void(uow, request, reason, who)
                return
            paper = uow.papers.lock(request.paper_id)
            require_free(uow.signing.lock(request_id), paper, who, uow.now())
            if request.kind in RESUMES:
                close_paper(uow, paper.id)
                event, what = "step.given_up", str(RESUMES[request.kind])
            else:
                uow.signing.give_up(request.id)
                event, what = "copy.given_up", str(request.kind)
            uow.ledger.append(event, paper.id, who.name, {"step": what, "reason": reason.strip()})

    def look(self, request_id: str, who: Principal) -> SigningRequest:
        """One request, for whoever may sign it: nobody signs what they cannot see. Recorded in the ledger.

        Raises NotFound, Forbidden, SigningNotYours.
        """
        with self._sohoa.database.transaction() as uow:
            request = uow.signing.get(request_id)
            require_may(request, who)
            uow.ledger.append("signing.viewed", request.paper_id, who.name, {"sha256": request.source.sha256})
        return request

    def state(self, request_id: str, who: Principal) -> SigningState:
        """How far one request is. Raises NotFound, Forbidden, SigningNotYours."""
        with self._sohoa.database.read() as uow:
            request = uow.signing.get(request_id)
        require_may(request, who)
        return request.state

    @staticmethod
    def _void(uow: UnitOfWork, request: SigningRequest, reason: str, who: Principal) -> None:
        who.require(Action.CERTIFICATION_ATTEST)
        if not covers(who.reach, request.unit):
            raise SigningNotYours
        certified_requests.require_awaited(uow, request)
        void_in(uow, request.about["certification"], reason, who.name)

    def _require(self, uow: UnitOfWork, request: SigningRequest, key: two_phase.DeskKey, who: Principal) -> None:
        """Nothing if `who` may have it prepared for this certificate now."""
        require_free(request, uow.papers.get(request.paper_id), who, uow.now())
        if request.kind is SealKind.CERTIFIED_COPY:
            certified_requests.require_signer(uow, request, key.name, who, self._sohoa.settings.certification)
        if request.kind is SealKind.SAO_Y:
            copiable(uow, request.about["record"], "")

    def _few(self, count: int) -> None:
        if count > self._options.most_at_once:
            raise TooManyToSign(most=self._options.most_at_once)

    def _prepare(self, request_id: str, key: two_phase.DeskKey, who: Principal, workspace: Workspace) -> Ready:
        refusal: CodedError | None = None
        with self._sohoa.database.read() as uow:
            request = uow.signing.get(request_id)
            line = line_of(uow, request)
            try:
                self._require(uow, request, key, who)
            except NEVER as error:
                refusal = error
        if refusal is not None:
            give_up(self._sohoa, request, refusal)
            raise refusal
        signatories = self._sohoa.signatories
        with workspace.scratch() as scratch, workspace.fetched(request.source.sha256) as (source,):
            document = scratch / "prepared.pdf"
            wanted = signature_for(self._sohoa, source, request, key.name)
            trust, stamper = signatories.trust_to_sign(key), signatories.timestamper()
            prepared = two_phase.prepare(source, document, wanted, key, trust, stamper)
            tail = self._sohoa.objects.put_bytes(_from(document, prepared.tail_start), "application/octet-stream")
        ticket = secrets.token_urlsafe(24)
        with self._sohoa.database.transaction() as uow:
            self._require(uow, uow.signing.lock(request_id), key, who)
            expires_at = uow.now() + timedelta(minutes=self._options.request_minutes)
            made = Preparation(ticket, who.name, key.certificate, key.chain, prepared, tail, expires_at)
            uow.signing.prepare(request_id, made)
            details: dict[str, object] = {
                "document": prepared.sha256,
                "certificate": sha256(key.certificate).hexdigest(),
                "until": expires_at.isoformat(),
            }
            uow.ledger.append("signing.prepared", request.paper_id, who.name, details)
        return Ready(request_id, ticket, line.title, prepared.attributes, prepared.digest, prepared.sha256, expires_at)

    def _take(self, ticket: str, signature: bytes, who: Principal) -> str:
        with self._sohoa.database.transaction() as uow:
            request = by_ticket(uow, ticket)
            if request.kind is SealKind.CERTIFIED_COPY:
                certified_requests.require_awaited(uow, request)
                self._good(request, ticket, who, uow.now())  # told before the step is touched
                certified_requests.resume(uow, request)
            paper = uow.papers.lock(request.paper_id)  # the paper is locked before what hangs on it, as everywhere
            preparation = self._good(uow.signing.lock(request.id), ticket, who, uow.now())
            if request.kind in RESUMES and paper.state is not PaperState.SIGNING:
                raise NotAwaitingSignature
            key = two_phase.DeskKey(preparation.certificate, preparation.chain)
            two_phase.check(preparation.prepared, key, signature)
            uow.signing.sign(ticket, signature)
            if request.kind in RESUMES:
                self._resume(uow, request)
            details: dict[str, object] = {
                "document": preparation.prepared.sha256,
                "certificate": sha256(preparation.certificate).hexdigest(),
            }
            uow.ledger.append("signing.signed", request.paper_id, who.name, details)
        return request.id

    def _good(self, request: SigningRequest, ticket: str, who: Principal, now: datetime) -> Preparation:
        """The preparation behind the ticket, if it is good for a signature of `who` now."""
        preparation = request.preparation
        if preparation is None or preparation.ticket != ticket:
            raise SigningUnknown
        require_may(request, who)
        if preparation.actor != who.name:
            raise SigningNotYours
        if request.state is not SigningState.PREPARED:
            raise SigningUsed
        if now > preparation.expires_at:
            raise SigningExpired(minutes=f"{self._options.request_minutes:g}")
        return preparation

    @staticmethod
    def _resume(uow: UnitOfWork, request: SigningRequest) -> None:
        step = uow.steps.find(RESUMES[request.kind], request.subject)
        if step is None:
            raise NotAwaitingSignature
        try:
            uow.steps.retry(step.id)
        except Conflict as error:
            raise NotAwaitingSignature from error
        uow.papers.update(request.paper_id, state=PaperState.WORKING)


def _from(path: Path, start: int) -> bytes:
    with path.open("rb") as handle:
        handle.seek(start)
        return handle.read()
