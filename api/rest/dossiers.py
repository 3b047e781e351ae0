"""Dossiers: open, look, say what became of each component, stop, result; what the national portal is told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.access.permissions import Principal
from api.access.privacy import audience_of, note_access
from api.dossiers.checks import NewDossier
from api.dossiers.desk import DossierDesk
from api.dossiers.portal import message
from api.dossiers.sheet import DossierSheet, sheet_of
from api.errors import Forbidden
from api.http.identity import Lang, MayKeepDossier, MayReadDossier, Product, Purpose
from api.http.problems import documented
from api.views.base import View
from api.views.dossiers import DossierSheetView, DossierView, ProcedureView
from api.wiring import Sohoa
from signing.report import VIETNAM
from storage.dossiers import Channel, DossierQuery, DossierState, OwnerKind, PaperForm
from storage.procedures import procedures_on
from storage.reach import covers

router = APIRouter(prefix="/v1/dossiers", tags=["dossiers"])

Code = Annotated[str, Path(max_length=100, description="mã hồ sơ", examples=["H55.242-261122-0001"])]
ComponentCode = Annotated[str, Path(max_length=60, description="mã thành phần hồ sơ")]
REASON = "kept for ever; no personal data"
Moment = Annotated[AwareDatetime, Field(ge=datetime(1900, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))]
"""A moment that a calendar of any time zone has."""


class Body(BaseModel):
    """Base of the bodies here: nothing unknown."""

    model_config = ConfigDict(extra="forbid")


class OpenBody(Body):
    """A dossier as it comes in at the counter."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "code": "H55.242-261122-0001",
                    "procedure": "1.000894",
                    "owner_id": "079085000003",
                    "owner_name": "Nguyễn Văn Thử",
                }
            ]
        },
    )

    code: str = Field(max_length=100, description="mã hồ sơ in any of its three grammars")
    procedure: str = Field(max_length=60, description="mã TTHC, with or without its tail")
    owner_id: str = Field(default="", max_length=50, description="owner's identifier, or empty; never a made-up one")
    owner_name: str = Field(default="", max_length=200)
    owner_kind: OwnerKind = OwnerKind.CITIZEN
    identity: dict[str, str] = Field(
        default={}, max_length=10, description="for an owner without identifier: born_on, address, paper, phone"
    )
    channel: Channel = Field(default=Channel.COUNTER, description="KenhThucHien: 1 counter, 2 online, 3 post")
    received_at: Moment | None = Field(default=None, description="null: now, or the day in the code")
    due_at: Moment | None = None
    vneid: bool | None = Field(default=None, description="TaiKhoanDuocXacThucVoiVNeID; null: not known")
    unit: str = Field(default="", max_length=50, description="empty: the asker's own")


class StopBody(Body):
    """Why a dossier is stopped or refused."""

    reason: str = Field(max_length=500, description=REASON)
    refused: bool = False


class ReasonBody(Body):
    """Why something is taken back."""

    reason: str = Field(max_length=500, description=REASON)


class ResultBody(Body):
    """What the dossier came to."""

    record: str = Field(default="", max_length=200, description="digitisation-result code of the result")
    link: str = Field(default="", max_length=500, description="where the result is, if it is no record of ours")
    at: Moment | None = Field(default=None, description="null: now")
    late_reason: str = Field(default="", max_length=500)


class PartBody(Body):
    """One more component."""

    component: str = Field(min_length=1, max_length=60, pattern=r"^[0-9A-Za-z._-]+$")
    name: str = Field(min_length=1, max_length=300)
    required: bool = False


class NotDigitisedBody(Body):
    """Why a component is not digitised."""

    reason: str = Field(max_length=40, description="code of the reasons file")
    note: str = Field(default="", max_length=500, description=REASON)


class FormBody(Body):
    """What kind of copy was handed in."""

    form: PaperForm


class FileBody(Body):
    """Which record of this dossier goes to the component."""

    record: str = Field(max_length=200)


class DossierPageView(View):
    """Dossiers, latest received first."""

    total: int
    dossiers: tuple[DossierView, ...]


def desk_of(sohoa: Sohoa, principal: Principal) -> DossierDesk:
    """The desk of the asker's units."""
    return DossierDesk(sohoa, principal.reach, audience_of(sohoa, principal))


def looked(sohoa: Sohoa, code: str, principal: Principal, purpose: str) -> DossierSheet:
    """The dossier whole, with a ledger entry that it was looked at; raises NotFound."""
    sheet = sheet_of(sohoa, code, principal.reach, audience_of(sohoa, principal))
    note_access(sohoa, "dossier.viewed", code, principal, purpose)
    return sheet


def _whole(sohoa: Sohoa, code: str, principal: Principal, lang: str) -> DossierSheetView:
    return DossierSheetView.of(
        sheet_of(sohoa, code, principal.reach, audience_of(sohoa, principal)), lang, sohoa.settings.dossiers.reasons_file
    )


@router.post("", status_code=201, responses=documented(409))
def open_dossier(body: OpenBody, sohoa: Product, principal: MayKeepDossier, lang: Lang) -> DossierSheetView:
    """Open a dossier with the components of its procedure; 409 when it is there."""
    if body.unit and not covers(principal.reach, body.unit):
        raise Forbidden(action=f"dossier.keep: {body.unit}")
    made = desk_of(sohoa, principal).open(NewDossier(**body.model_dump()), actor=principal.name)
    return _whole(sohoa, made.code, principal, lang)


@router.get("", responses=documented())
def latest(
    sohoa: Product,
    principal: MayReadDossier,
    state: Annotated[DossierState | None, Query()] = None,
    procedure: Annotated[str, Query(max_length=60)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> DossierPageView:
    """Dossiers within reach; owners' identifiers are masked."""
    states = frozenset({state}) if state else frozenset[DossierState]()
    query = DossierQuery(reach=principal.reach, procedure=procedure, states=states, limit=limit, offset=offset)
    with sohoa.database.read() as uow:
        found, total = uow.dossiers.latest(query), uow.dossiers.count(query)
    return DossierPageView(total=total, dossiers=tuple(DossierView.of(one) for one in found))


@router.get("/procedures", responses=documented())
def catalogue(sohoa: Product, principal: MayReadDossier, lang: Lang) -> tuple[ProcedureView, ...]:  # noqa: ARG001 - the rule
    """Procedures that hold today, with the papers each takes."""
    today = datetime.now(VIETNAM).date()
    return tuple(ProcedureView.of(one, lang) for one in procedures_on(today, sohoa.settings.dossiers.procedures_file))


@router.get("/{code}", responses=documented(404))
def one(code: Code, sohoa: Product, principal: MayReadDossier, lang: Lang, purpose: Purpose = "") -> DossierSheetView:
    """One dossier: each component with what stands for it and what could. Recorded in the ledger."""
    return DossierSheetView.of(looked(sohoa, code, principal, purpose), lang, sohoa.settings.dossiers.reasons_file)


@router.get("/{code}/portal", responses=documented(404))
def portal(code: Code, sohoa: Product, principal: MayReadDossier, purpose: Purpose = "") -> dict[str, Any]:
    """The members of the national portal's message that digitising knows. Recorded in the ledger."""
    return message(looked(sohoa, code, principal, purpose), sohoa.settings.dossiers.portal_states)


@router.post("/{code}/stop", responses=documented(404, 409))
def stop(code: Code, body: StopBody, sohoa: Product, principal: MayKeepDossier, lang: Lang) -> DossierSheetView:
    """Stop (DUNG) or refuse; what of it is being digitised is halted."""
    desk_of(sohoa, principal).stop(code, body.reason, actor=principal.name, refused=body.refused)
    return _whole(sohoa, code, principal, lang)


@router.post("/{code}/reopen", responses=documented(404))
def reopen(code: Code, body: ReasonBody, sohoa: Product, principal: MayKeepDossier, lang: Lang) -> DossierSheetView:
    """Take a stop, refusal or result back."""
    desk_of(sohoa, principal).reopen(code, body.reason, actor=principal.name)
    return _whole(sohoa, code, principal, lang)


@router.post("/{code}/result", responses=documented(404, 409))
def result(code: Code, body: ResultBody, sohoa: Product, principal: MayKeepDossier, lang: Lang) -> DossierSheetView:
    """The dossier has its result."""
    desk_of(sohoa, principal).set_result(code, **body.model_dump(), actor=principal.name)
    return _whole(sohoa, code, principal, lang)


@router.post("/{code}/components", status_code=201, responses=documented(404, 409))
def add(code: Code, body: PartBody, sohoa: Product, principal: MayKeepDossier, lang: Lang) -> DossierSheetView:
    """One more paper than the procedure says."""
    desk_of(sohoa, principal).add_component(code, **body.model_dump(), actor=principal.name)
    return _whole(sohoa, code, principal, lang)


@router.post("/{code}/components/{component}/not-digitised", responses=documented(404, 409))
def not_digitised(
    code: Code, component: ComponentCode, body: NotDigitisedBody, sohoa: Product, principal: MayKeepDossier, lang: Lang
) -> DossierSheetView:
    """Say why a component is not digitised."""
    desk_of(sohoa, principal).not_digitised(code, component, body.reason, body.note, actor=principal.name)
    return _whole(sohoa, code, principal, lang)


@router.post("/{code}/components/{component}/empty", responses=documented(404, 409))
def empty(
    code: Code, component: ComponentCode, sohoa: Product, principal: MayKeepDossier, lang: Lang
) -> DossierSheetView:  # fmt: skip
    """Take a paper or a reason out of a component."""
    desk_of(sohoa, principal).to_digitise(code, component, actor=principal.name)
    return _whole(sohoa, code, principal, lang)


@router.post("/{code}/components/{component}/form", responses=documented(404, 409))
def form(
    code: Code, component: ComponentCode, body: FormBody, sohoa: Product, principal: MayKeepDossier, lang: Lang
) -> DossierSheetView:
    """Say what kind of copy was handed in."""
    desk_of(sohoa, principal).set_form(code, component, body.form, actor=principal.name)
    return _whole(sohoa, code, principal, lang)


@router.post("/{code}/components/{component}/file", responses=documented(404, 409))
def file_record(
    code: Code, component: ComponentCode, body: FileBody, sohoa: Product, principal: MayKeepDossier, lang: Lang
) -> DossierSheetView:
    """Put a record made from this dossier's own paper to one of its components."""
    desk_of(sohoa, principal).file_record(code, component, body.record, actor=principal.name)
    return _whole(sohoa, code, principal, lang)
