"""What a step does with a signature that was made at its owner's desk: time-stamp, evidence, our own verification.

A signature that can never come right is put aside, so that whoever tries the step again asks for a new one; a time-stamp that
is not to be had now is waited for by the step, and nobody signs twice.
"""

from __future__ import annotations

from pathlib import Path

from api.pipeline.outcome import MACHINE, Context
from ingest.errors import CodedError
from signing import two_phase
from signing.errors import SealRejected
from signing.key_errors import DocumentSwapped, SignatureMismatch
from signing.model import Seal, SealRequest
from storage.desk import SigningRequest


def finished(context: Context, request: SigningRequest, out: Path) -> Seal:
    """Make the finished document of a request in state SIGNED; `out` appears verified or not at all.

    Raises what `two_phase.finish` raises; TimestampPending and TimestampNotConfigured before any work.
    """
    signatories, signed = context.sohoa.signatories, request.signed
    signatories.time_at_hand(request.level)
    asked = SealRequest(request.kind, request.role, signed.prepared.field_name, level=request.level)
    key = two_phase.DeskKey(signed.certificate, signed.chain)
    with (
        context.workspace.scratch() as scratch,
        context.workspace.fetched(request.source.sha256, signed.tail.sha256) as (source, tail),
    ):
        document = scratch / "prepared.pdf"
        two_phase.join(source, tail, document)
        trust, stamper = signatories.trust_to_sign(key), signatories.timestamper()
        try:
            return two_phase.finish(document, out, signed.prepared, signed.signature, asked, key, trust, stamper)
        except (SealRejected, SignatureMismatch, DocumentSwapped) as error:
            signed_in_vain(context, request, error)
            raise


def signed_in_vain(context: Context, request: SigningRequest, error: CodedError) -> None:
    """This signature leads nowhere: the document waits for another one."""
    with context.sohoa.database.transaction() as uow:
        uow.signing.reopen(request.id)
        uow.ledger.append("signing.rejected", request.subject, MACHINE, {"code": error.code, "ticket": request.signed.ticket})
