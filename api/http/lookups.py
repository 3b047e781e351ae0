"""What both doors look up: fields with their labels, records with who read them and why, verdicts on uploads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.access.permissions import Action, Principal
from api.http.identity import note_access
from api.privacy import audience_of, purpose_to_look, purpose_to_read
from api.units import paper_to_read
from api.views import FieldView
from api.wiring import Sohoa
from ocr.fields.types import catalogue
from ocr.model import Decision
from ocr.model import Field as MachineField
from storage.model import Paper, Record, SearchPage, SearchQuery

MaybeDate = Annotated[date | None, BeforeValidator(lambda value: value or None)]
"""An ISO date; an empty form field is none."""


NOT_ASKED = frozenset({"limit", "offset", "lang", "purpose"})


class SearchForm(BaseModel):
    """The search as it stands in the address: every part narrows."""

    model_config = ConfigDict(extra="ignore")

    q: str = Field(default="", max_length=500, description="words, with or without diacritics", examples=["quyet dinh"])
    owner: str = Field(default="", max_length=50, description="owner's identifier")
    type: str = Field(default="", max_length=50, description="paper type")
    number: str = Field(default="", max_length=100, description="số, ký hiệu")
    issuer: str = Field(default="", max_length=200, description="cơ quan cấp")
    dossier: str = Field(default="", max_length=100, description="mã hồ sơ")
    issued_from: MaybeDate = Field(default=None, description="first day of issue, ISO date")
    issued_to: MaybeDate = Field(default=None, description="last day of issue, ISO date")
    limit: int = Field(default=20, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=1_000_000)
    purpose: str = Field(default="", max_length=100, description="why the data is read; recorded in the ledger")
    lang: str = Field(default="", max_length=10)

    def query(self) -> SearchQuery:
        """The same as a question to the store."""
        return SearchQuery(
            words=self.q.strip(),
            owner=self.owner.strip(),
            paper_type=self.type.strip(),
            number=self.number.strip(),
            issuer=self.issuer.strip(),
            dossier=self.dossier.strip(),
            issued_from=self.issued_from,
            issued_to=self.issued_to,
            limit=self.limit,
            offset=self.offset,
        )


def search(sohoa: Sohoa, form: SearchForm, principal: Principal, carried: str = "") -> SearchPage:
    """Search, and note that it was done: which parts were asked for and how much was found, never the words themselves.

    Only records whose access level lets the asker read them are found. Raises PurposeMissing, PurposeUnknown where a purpose
    is asked for and neither the form nor the session (`carried`) has one.
    """
    purpose = purpose_to_look(sohoa, form.purpose or carried)
    query = replace(form.query(), audience=audience_of(sohoa, principal))
    with sohoa.database.read() as uow:
        page = uow.search.find(query)
    asked = sorted(
        name for name in form.model_fields_set if getattr(form, name) and name not in {"limit", "offset", "lang", "purpose"}
    )
    note_access(sohoa, "records.searched", "search", principal, purpose, asked=",".join(asked), found=page.total)
    return page


def record_for(
    sohoa: Sohoa, code: str, principal: Principal, purpose: str, event: str = "record.viewed", **details: object
) -> Record:
    """The record, with a ledger entry that it was read; raises NotFound, Forbidden, PurposeMissing, PurposeUnknown."""
    with sohoa.database.read() as uow:
        record = uow.records.get(code)
    purpose = purpose_to_read(sohoa, record, principal, purpose)
    note_access(sohoa, event, record.paper_id, principal, purpose, **details)
    return record


def paper_for(
    sohoa: Sohoa, paper_id: str, principal: Principal, purpose: str, event: str = "paper.viewed", **details: object
) -> Paper:
    """The paper with a ledger entry that it was read; raises as `readable_paper`."""
    paper, purpose = readable_paper(sohoa, paper_id, principal, purpose)
    note_access(sohoa, event, paper.id, principal, purpose, **details)
    return paper


def readable_paper(sohoa: Sohoa, paper_id: str, principal: Principal, purpose: str) -> tuple[Paper, str]:
    """The paper, if the asker may read it, and the purpose as it is written down: that of work under way is its dossier.

    Raises NotFound, SecretWithheld, Forbidden, PurposeMissing, PurposeUnknown.
    """
    with sohoa.database.read() as uow:
        paper = paper_to_read(uow, paper_id, principal.reach, secret=principal.may(Action.SECRECY_JUDGE))
        record = uow.records.of_paper(paper_id)
    return paper, purpose_to_read(sohoa, record, principal, purpose) if record else purpose or paper.dossier


def fields_of(sohoa: Sohoa, paper: Paper, lang: str) -> tuple[FieldView, ...]:
    """All fields the paper's type knows, and any other found, in the type's order; undecided ones without a decision."""
    with sohoa.database.read() as uow:
        machine = {field.name: field for field in uow.fields.of_paper(paper.id)}
        decided = uow.fields.current(paper.id)
    return shape_fields(paper.paper_type, machine, decided, lang, sohoa.settings.review.automatic_above)


def shape_fields(
    paper_type: str, machine: dict[str, MachineField], decided: dict[str, Decision], lang: str, sure_above: float
) -> tuple[FieldView, ...]:
    """Machine values and decisions side by side, labelled by the paper type."""
    kind = catalogue().get(paper_type)
    specs = {spec.name: spec for spec in kind.fields} if kind else {}
    names = [*specs, *(name for name in (*machine, *decided) if name not in specs)]
    return tuple(
        FieldView.of(
            name,
            machine.get(name),
            decided.get(name),
            label=specs[name].label(lang) if name in specs else name,
            required=specs[name].required if name in specs else False,
            sure_above=sure_above,
        )
        for name in dict.fromkeys(names)
    )
