"""Completes what was signed at the desk and has no step of the pipeline that would: copies with the agency's signature.

Tried at once when the signature is taken; what fails for no fault of the document (no time-stamp, disk full) is tried again by
the recurring job, without asking the signer. What can never come right waits for another signature.
"""

from __future__ import annotations

import logging
from contextlib import closing, suppress

from api.certification.sao_y import NEVER, keep_signed
from api.pipeline.outcome import MACHINE
from api.wiring import Sohoa
from api.workspace import Workspace
from ingest.errors import CodedError
from signing import two_phase
from signing.model import SealKind, SealRequest
from storage.desk import SigningRequest, SigningState
from storage.errors import Conflict

log = logging.getLogger(__name__)


def complete_now(sohoa: Sohoa, request_id: str) -> bool:
    """Add time-stamp and evidence, verify, keep; True when that is done, False when it will be tried again.

    Kinds with a step of their own are left to it. Raises the reason why the signature led nowhere: the document then waits for
    another one, or is given up where no copy may be made any more.
    """
    with sohoa.database.read() as uow:
        request = uow.signing.get(request_id)
    if request.kind is not SealKind.SAO_Y or request.state is not SigningState.SIGNED:
        return False
    try:
        _complete(sohoa, request)
    except CodedError as error:
        log.warning("signed copy %s is not complete: %s", request.id, error.code)
        if error.retryable:
            return False
        _reject(sohoa, request, error)
        raise
    return True


def give_up(sohoa: Sohoa, request: SigningRequest, error: CodedError) -> None:
    """The copy may not be made any more: nobody is asked to sign it again."""
    with suppress(Conflict), sohoa.database.transaction() as uow:
        uow.signing.give_up(request.id)
        details: dict[str, object] = {"step": str(request.kind), "code": error.code}
        uow.ledger.append("copy.given_up", request.paper_id, MACHINE, details)


def _reject(sohoa: Sohoa, request: SigningRequest, error: CodedError) -> None:
    if isinstance(error, NEVER):
        give_up(sohoa, request, error)
        return
    with suppress(Conflict), sohoa.database.transaction() as uow:
        uow.signing.reopen(request.id)
        uow.ledger.append("signing.rejected", request.paper_id, MACHINE, {"code": error.code})


def complete_all(sohoa: Sohoa) -> dict[str, int]:
    """Everything that is signed and not complete: for the recurring job."""
    with sohoa.database.read() as uow:
        waiting = uow.signing.signed(SealKind.SAO_Y)
    done = 0
    for request in waiting:
        with suppress(CodedError):  # told in the log and the ledger
            done += complete_now(sohoa, request.id)
    return {"found": len(waiting), "completed": done}


def _complete(sohoa: Sohoa, request: SigningRequest) -> None:
    signatories, signed = sohoa.signatories, request.signed
    signatories.time_at_hand(request.level)
    asked = SealRequest(request.kind, request.role, signed.prepared.field_name, level=request.level)
    key = two_phase.DeskKey(signed.certificate, signed.chain)
    with (
        closing(Workspace(sohoa.objects, sohoa.settings.data_dir / "tmp")) as workspace,
        workspace.scratch() as scratch,
        workspace.fetched(request.source.sha256, signed.tail.sha256) as (source, tail),
    ):
        document, out = scratch / "prepared.pdf", scratch / "copy.pdf"
        two_phase.join(source, tail, document)
        trust, stamper = signatories.trust_to_sign(key), signatories.timestamper()
        made = two_phase.finish(document, out, signed.prepared, signed.signature, asked, key, trust, stamper)
        keep_signed(sohoa, request, made, out)
