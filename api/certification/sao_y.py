"""Use case: sao y, sao lục. The agency signs a copy of a finished record (Decree 30/2020 Art. 25-27).

The sealed file of the record is signed on, so the clerk's signature stays beneath; the result is a new object beside it and
`records.sealed` stays as it is. The mark stands top right on page 1 where that place is empty, else it is moved and told.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

from api.certification.checks import refuse_uncertifiable
from api.certification.errors import NotCertifiable, NotPaper, OtherUnit, PaperSecret
from api.errors import ApiError
from api.records.export import ExportUnwritable
from api.signatures import marks
from api.wiring import Sohoa
from ingest.errors import NextStep
from ingest.model import ObjectRef
from signing.lifetime import evidence_until
from signing.model import Place, Role, Seal, SealKind, SealRequest
from signing.seal import seal
from storage.desk import SigningRequest, SigningState
from storage.errors import TargetUnwritable
from storage.lasting import SealRow, SealState
from storage.model import Record
from storage.reach import covers
from storage.records.unit_of_work import UnitOfWork

EVENT = "paper.sao_y"
PDF = "application/pdf"
FIELD = "SoHoa-CoQuan"


class Form(StrEnum):
    """The forms of copies of a whole paper (Decree 30/2020 Art. 25); each is a kind of mark. An extract is another document."""

    SAO_Y = "sao_y"
    SAO_LUC = "sao_luc"
    """When the paper scanned is a sao y itself."""


class NotCopiable(ApiError):
    """The record is not finished, or no longer in force; no copy of it may be issued."""

    code = "api.not_copiable"
    next_step = NextStep.GIVE_UP
    vi = "Hồ sơ này chưa hoàn thành hoặc không còn hiệu lực nên không cấp bản sao được."
    en = "This record is not finished or no longer in force; no copy of it can be issued."


NEVER = (NotCopiable, NotPaper, PaperSecret)
"""Why no signature will ever make a copy of a record: asking for one again leads nowhere."""


class CopyAwaitsSignature(ApiError):
    """The agency's key is with văn thư, who signs at the desk; the copy is there when that is done. Nothing is lost."""

    code = "api.copy_awaits_signature"
    next_step = NextStep.GIVE_UP
    vi = "Bản sao đang chờ văn thư ký ở mục «Chờ ký» (khóa cơ quan do văn thư giữ). Ký xong sẽ thấy bản sao ở hồ sơ."
    en = "The copy waits for văn thư, who keeps the agency's key, under “To sign”. It is with the record once it is signed."


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that the agency signed."""

    record: Record
    seal: SealRow
    form: Form
    place: Place | None
    """Where its mark stands."""
    made_now: bool


def sao_y(
    sohoa: Sohoa, code: str, *, actor: str, unit: str = "", form: Form = Form.SAO_Y, again: bool = False, purpose: str = ""
) -> Copy:
    """A copy of the record `code` with the agency's signature; the one made before, unless `again` asks for another.

    `unit` is the one that who asks acts for; empty: any.

    Raises NotFound, NotCopiable, PaperSecret, OtherUnit, CopyAwaitsSignature; what `signing.seal` and finding a place raise.
    """
    signatories, level = sohoa.signatories, sohoa.settings.seal.level
    with sohoa.database.read() as uow:
        record = copiable(uow, code, unit)
        known = None if again else _known(uow, record, form)
        newest = uow.seals.newest(record.sealed.sha256)
    if known is not None:
        return known
    ref = newest.object if newest else record.sealed
    if signatories.at_desk(Role.AGENCY):
        _ask(sohoa, record, ref, form, actor, purpose)
        raise CopyAwaitsSignature
    signatories.time_at_hand(level)
    with _scratch(sohoa) as folder:
        source, out = folder / "record.pdf", folder / "copy.pdf"
        sohoa.objects.fetch(ref.sha256, source)
        key = signatories.agency()
        request = copy_request(sohoa, source, form, record.unit, key.name)
        made = seal(source, out, request, key, signatories.trust_to_sign(key), signatories.timestamper())
        row = SealRow.of(made, record.paper_id, sohoa.objects.put_file(out, PDF), evidence_until(out, signatories.trust()))
    with sohoa.database.transaction() as uow:
        uow.papers.lock(record.paper_id)
        # Somebody else may have been faster; and the record may have been annulled meanwhile.
        known = None if again else _known(uow, copiable(uow, code, unit), form)
        if known is not None:
            return known
        uow.seals.add(row)
        uow.ledger.append(EVENT, record.paper_id, actor, _details(made, row, ref, form, purpose))
    return Copy(record, row, form, made.place, made_now=True)


def copy_request(sohoa: Sohoa, source: Path, form: Form, unit: str, agency: str) -> SealRequest:
    """The agency's signature with the mark of a copy, placed where `source` has room for it."""
    mark = marks.kind(sohoa.settings, form).text(sohoa.settings.mark.font, agency=agency)
    return SealRequest(
        SealKind.SAO_Y, Role.AGENCY, FIELD, reason=_reason(sohoa, form), location=unit, level=sohoa.settings.seal.level,
        mark=marks.located(sohoa.box, source, mark),
    )  # fmt: skip


def keep_signed(sohoa: Sohoa, request: SigningRequest, made: Seal, out: Path) -> None:
    """The copy that văn thư signed at the desk is kept and written down. Raises NotCopiable when it was annulled meanwhile."""
    row = SealRow.of(made, request.paper_id, sohoa.objects.put_file(out, PDF), evidence_until(out, sohoa.signatories.trust()))
    about = request.about
    with sohoa.database.transaction() as uow:
        uow.papers.lock(request.paper_id)
        if uow.signing.lock(request.id).state is not SigningState.SIGNED:
            return  # somebody else completed it meanwhile
        copiable(uow, about["record"], "")
        uow.seals.add(row)
        uow.signing.done(request.kind, request.subject)
        details = _details(made, row, request.source, Form(about["form"]), about["purpose"])
        uow.ledger.append(EVENT, request.paper_id, request.signed.actor, details | {"asked_by": about["actor"]})


def _ask(sohoa: Sohoa, record: Record, source: ObjectRef, form: Form, actor: str, purpose: str) -> None:
    """The copy waits for văn thư, who keeps the agency's key; asked once however often somebody presses."""
    about = {"record": record.code, "form": form.value, "actor": actor, "purpose": purpose}
    with sohoa.database.transaction() as uow:
        paper = uow.papers.lock(record.paper_id)
        level = sohoa.settings.seal.level
        asked = SigningRequest.of(paper, uow.batches.get(paper.batch_id), SealKind.SAO_Y, Role.AGENCY, level, source)
        known = uow.signing.find(SealKind.SAO_Y, f"{paper.id}:{form}")
        if known is not None and known.state not in {SigningState.DONE, SigningState.GIVEN_UP}:
            return
        uow.signing.ask(replace(asked, subject=f"{paper.id}:{form}", unit=record.unit, about=about))
        uow.ledger.append("copy.awaits_signature", paper.id, actor, {"form": form.value, "sha256": source.sha256})


def copies(sohoa: Sohoa, code: str) -> tuple[Copy, ...]:
    """The copies of a record that are in use, oldest first; raises NotFound."""
    with sohoa.database.read() as uow:
        record = uow.records.get(code)
        return _copies(uow, record)


def one_copy(sohoa: Sohoa, seal_id: str) -> Copy:
    """The copy of that id; raises NotFound."""
    with sohoa.database.read() as uow:
        row = uow.seals.get(seal_id)
        record = uow.records.of_paper(row.paper_id)
        found = () if record is None else tuple(one for one in _copies(uow, record) if one.seal.id == seal_id)
    if not found:
        raise NotCopiable
    return found[0]


def write_out(sohoa: Sohoa, copy: Copy, out: Path, *, actor: str, purpose: str = "") -> None:
    """Write the copy to `out`, compared with its hash; the ledger says so first.

    Raises ObjectMissing, ObjectCorrupt, ExportUnwritable.
    """
    with sohoa.database.transaction() as uow:
        details: dict[str, object] = {"purpose": purpose, "files": [out.name], "sha256": copy.seal.object.sha256}
        uow.ledger.append("record.exported", copy.record.paper_id, actor, details)
    part = out.with_name(f".{out.name}.part")
    try:
        sohoa.objects.fetch(copy.seal.object.sha256, part)
        part.replace(out)
    except TargetUnwritable as error:
        raise ExportUnwritable(path=str(out), why=str(error.params["why"])) from error
    except OSError as error:
        raise ExportUnwritable(path=str(out), why=error.strerror or type(error).__name__) from error
    finally:
        part.unlink(missing_ok=True)


def copiable(uow: UnitOfWork, code: str, unit: str) -> Record:
    """The record, if a copy of it may be issued by `unit` (empty: any); raises NotFound, OtherUnit and those of `NEVER`."""
    record = uow.records.get(code)
    if not covers(unit, record.unit):
        raise OtherUnit(unit=record.unit)
    try:
        refuse_uncertifiable(uow, record.paper_id)
    except NotCertifiable as error:
        raise NotCopiable from error
    return record


def _known(uow: UnitOfWork, record: Record, form: Form) -> Copy | None:
    return next((one for one in reversed(_copies(uow, record)) if one.form is form), None)


def _copies(uow: UnitOfWork, record: Record) -> tuple[Copy, ...]:
    told = {
        str(entry.details.get("seal")): entry.details for entry in uow.journal.of_paper(record.paper_id) if entry.event == EVENT
    }
    rows = uow.seals.of_paper(record.paper_id)
    mine = [row for row in rows if row.kind is SealKind.SAO_Y and row.state is SealState.CURRENT and row.origin in told]
    return tuple(
        Copy(record, row, Form(str(told[row.origin]["form"])), _place(told[row.origin].get("place")), made_now=False)
        for row in mine
    )


def _place(told: object) -> Place | None:
    if not isinstance(told, dict):
        return None
    x0, y0, x1, y1 = (float(one) for one in told["box"])
    return Place(int(told["page"]), (x0, y0, x1, y1), int(told["turn_deg"]), bool(told["moved"]))


def _details(made: Seal, row: SealRow, source: ObjectRef, form: Form, purpose: str) -> dict[str, object]:
    return asdict(made) | {
        "signed_at": made.signed_at.isoformat(),
        "form": form.value,
        "seal": row.id,
        "source": source.sha256,
        "sha256": row.object.sha256,
        "size": row.object.size,
        "purpose": purpose,
    }


def _reason(sohoa: Sohoa, form: Form) -> str:
    return marks.kind(sohoa.settings, form).names.vi


@contextmanager
def _scratch(sohoa: Sohoa) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="copy-", dir=sohoa.settings.data_dir.resolve() / "tmp") as folder:
        yield Path(folder)
