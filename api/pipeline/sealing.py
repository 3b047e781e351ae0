"""The step that makes the digitised copy and puts the clerk's personal signature on it (Circular 01/2023 Art. 8).

With a key here (file, token, remote service) both happen at once. With a key at its owner's desk the step makes the copy and
waits, as review does; `api.signatures.desk` has it signed and lets the step go on, which then adds time-stamp and evidence. So a
time-stamp authority that is down is waited for as ever, and nobody is asked to sign twice.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from api.pipeline.desk_signing import finished
from api.pipeline.outcome import MACHINE, Context, Outcome, Successor
from api.pipeline.papers import BUILD_SECONDS_PER_PAGE, pages_of, successor
from api.signatures import marks
from api.wiring import Sohoa
from ingest.late import Late
from ingest.model import ObjectRef
from ocr.model import DocumentInfo
from signing.lifetime import evidence_until
from signing.model import Role, Seal, SealKind, SealRequest
from signing.seal import seal
from storage.desk import SigningRequest, SigningState
from storage.lasting import SealRow
from storage.model import Batch, PageRow, Paper, PaperState, Step
from storage.records.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from ocr.searchable import build
else:
    build = Late("ocr.searchable", "build")

KIND = SealKind.DIGITISED_COPY
PDF = "application/pdf"
_ASKED = frozenset({SigningState.WAITING, SigningState.PREPARED})
"""States in which the copy that was made is still of the pages as they are."""


def seal_paper(context: Context, step: Step) -> Outcome:
    """Make the searchable PDF/A copy and put the clerk's signature on it, or wait for the clerk to sign."""
    settings, signatories = context.sohoa.settings, context.sohoa.signatories
    with context.sohoa.database.read() as uow:
        paper = uow.papers.get(step.subject)
        batch = uow.batches.get(paper.batch_id)
        rows = uow.pages.of_paper(paper.id)
        request = uow.signing.find(KIND, paper.id)
    if request is not None and request.state is SigningState.SIGNED:
        return _complete(context, step, paper, batch, request)
    if signatories.at_desk(Role.PERSONAL):
        return _ask(context, paper, batch, rows, request)
    signatories.time_at_hand(settings.seal.level)
    key = signatories.personal()  # before any work: a token may be away
    with context.workspace.scratch() as scratch:
        copy, sealed = scratch / "copy.pdf", scratch / "sealed.pdf"
        _build(context, paper, batch, rows, copy)
        asked = clerk_request(context.sohoa, copy, batch.unit, key.name)
        made = seal(copy, sealed, asked, key, signatories.trust_to_sign(key), signatories.timestamper())
        return _kept(context, step, paper, batch, sealed, made, asked=request is not None)


def clerk_request(sohoa: Sohoa, copy: Path, unit: str, signer: str) -> SealRequest:
    """The clerk's signature with the digitisation mark where `copy` has room for it; without room it is invisible."""
    settings = sohoa.settings
    request = SealRequest(KIND, Role.PERSONAL, "SoHoa-CaNhan", settings.seal.reason, unit, settings.seal.level)
    mark = marks.digitised(settings, signer, unit)
    return request if mark is None else replace(request, mark=marks.located(sohoa.box, copy, mark))


def _build(context: Context, paper: Paper, batch: Batch, rows: tuple[PageRow, ...], copy: Path) -> None:
    # Personal data stays out of the copy's metadata; the record carries it.
    info = DocumentInfo(
        title="Bản số hóa",
        subject=paper.dossier,
        creator=batch.unit,
        created_at=paper.created_at,
        source_sha256=paper.original.sha256,
    )
    with pages_of(context, rows) as pages:
        seconds = context.sohoa.settings.box.seconds + BUILD_SECONDS_PER_PAGE * len(pages)
        options = context.sohoa.settings.page_copy
        context.sohoa.box.run(build, pages, str(copy), info, options, seconds=seconds)


def _kept(
    context: Context, step: Step, paper: Paper, batch: Batch, sealed: Path, made: Seal, *, asked: bool, by: str = ""
) -> Outcome:
    """The sealed file is kept; writing it down lets the paper go on."""
    made = replace(made, mark_left_out=context.sohoa.settings.mark.digitised and made.place is None)
    until = evidence_until(sealed, context.sohoa.signatories.trust())
    ref = context.sohoa.objects.put_file(sealed, PDF)

    def write(uow: UnitOfWork) -> Successor | None:
        uow.papers.update(paper.id, sealed=ref)
        uow.seals.add(SealRow.of(made, paper.id, ref, until))
        if asked:
            uow.signing.done(KIND, paper.id)
        details: dict[str, object] = asdict(made) | {
            "signed_at": made.signed_at.isoformat(),
            "sha256": ref.sha256,
            "size": ref.size,
        }
        uow.ledger.append("paper.sealed", paper.id, by or batch.actor, details)
        return successor(context, step)

    return Outcome(write)


def _ask(context: Context, paper: Paper, batch: Batch, rows: tuple[PageRow, ...], request: SigningRequest | None) -> Outcome:
    """The copy is made once and kept; the paper waits in the queue of what is to be signed."""
    source = request.source if request is not None and request.state in _ASKED else _copy(context, paper, batch, rows)

    def write(uow: UnitOfWork) -> Successor | None:
        uow.papers.update(paper.id, state=PaperState.SIGNING, reason_code="", reason_params={})
        uow.signing.ask(SigningRequest.of(paper, batch, KIND, Role.PERSONAL, context.sohoa.settings.seal.level, source))
        uow.ledger.append("paper.awaits_signature", paper.id, MACHINE, {"sha256": source.sha256})
        return None

    return Outcome(write, waits=True)


def _copy(context: Context, paper: Paper, batch: Batch, rows: tuple[PageRow, ...]) -> ObjectRef:
    with context.workspace.scratch() as scratch:
        copy = scratch / "copy.pdf"
        _build(context, paper, batch, rows, copy)
        return context.sohoa.objects.put_file(copy, PDF)


def _complete(context: Context, step: Step, paper: Paper, batch: Batch, request: SigningRequest) -> Outcome:
    """The person has signed. Without a time-stamp it waits, signed as it is."""
    with context.workspace.scratch() as scratch:
        sealed = scratch / "sealed.pdf"
        made = finished(context, request, sealed)
        return _kept(context, step, paper, batch, sealed, made, asked=True, by=request.signed.actor)
