"""What both doors do to take papers in: open a batch, receive a file of a form."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import UploadFile

from api.access.permissions import Action, Principal
from api.errors import ApiError, Forbidden
from api.intake.receiving import Intake
from api.views import FileView, ReasonView, View
from api.wiring import Sohoa
from ingest.errors import IngestError
from ingest.names import safe_name
from storage.model import Batch, Priority
from storage.reach import covers


class NewBatch(BaseModel):
    """What is known about a delivery before its files come."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"dossier": "H55.242-261122-0001", "owner": "", "automatic": False}]}
    )

    dossier: str = Field(default="", max_length=100, description="mã hồ sơ, or empty")
    component: str = Field(default="", max_length=60, description="mã thành phần hồ sơ of that dossier, or empty")
    owner: str = Field(default="", max_length=50, description="owner's identifier, or empty; never a made-up one")
    unit: str = Field(default="", max_length=50, description="code of the unit; empty: that of the token or of the settings")
    priority: Priority = Field(default=Priority.COUNTER, description="counter work goes before bulk work")
    automatic: bool | None = Field(default=None, description="let the machine decide sure fields; null: as configured")
    hold: bool = Field(default=False, description="papers wait for a look at their pages before anything is signed")


def open_batch(sohoa: Sohoa, principal: Principal, new: NewBatch) -> Batch:
    """Open the batch in the caller's name and unit; raises Forbidden for another unit's name.

    Raises BadDossierCode, BadOwnerId, DossierUnopened, DossierClosed too.
    """
    if new.unit and not covers(principal.reach, new.unit):
        raise Forbidden(action=f"{Action.BATCH_SEND.value}: {new.unit}")
    return Intake(sohoa).create_batch(
        actor=principal.name,
        unit=new.unit or principal.unit,
        dossier=new.dossier.strip(),
        component=new.component.strip(),
        owner=new.owner.strip(),
        priority=new.priority,
        automatic=new.automatic,
        hold=new.hold,
    )


class ReceiptView(View):
    """What became of one sent file: its receipt, or the reason why it was not kept."""

    name: str
    file: FileView | None = None
    reason: ReasonView | None = None


def receive_upload(sohoa: Sohoa, batch_id: str, upload: UploadFile, principal: Principal, lang: str) -> ReceiptView:
    """Take one file of a form in. A file that cannot be taken is told in the receipt, so that the others go on."""
    name = safe_name(upload.filename or "")
    try:
        row = Intake(sohoa).receive(batch_id, upload.filename or "", upload.file, actor=principal.name)
    except (ApiError, IngestError) as error:
        return ReceiptView(name=name, reason=ReasonView.of_error(error, lang))
    return ReceiptView(name=name, file=FileView.of(row, lang))
