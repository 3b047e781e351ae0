"""The search as it stands in the address, for pages and API alike: every part narrows, and an address always means the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from api.access.permissions import Principal
from api.access.privacy import audience_of, note_access, purpose_to_look
from api.errors import BadRequest
from api.finding.indexing import field_names
from api.wiring import Sohoa
from signing.report import VIETNAM
from storage.access_levels import AccessLevel
from storage.finding import SearchPage, SearchQuery, Sort, Validity
from storage.search.periods import FIRST, LAST


def _none_if_empty(value: object) -> object:
    return value if value or value == 0 else None


def _possible(day: date | None) -> date | None:
    return day if day is None else min(max(day, FIRST), LAST)


MaybeDate = Annotated[date | None, BeforeValidator(_none_if_empty), AfterValidator(_possible)]
"""An ISO date; an empty form field is none. Days beyond those papers can have count as the first or last of these."""
MaybeYear = Annotated[Annotated[int, Field(ge=1800, le=2199)] | None, BeforeValidator(_none_if_empty)]
MaybeValidity = Annotated[Validity | None, BeforeValidator(_none_if_empty)]
SomeSort = Annotated[Sort, BeforeValidator(lambda value: value or Sort.RELEVANCE)]
MaybeAccess = Annotated[AccessLevel | None, BeforeValidator(_none_if_empty)]
PLACE = frozenset({"limit", "offset", "lang", "purpose", "facets", "sort"})
"""Parts that do not narrow."""


class SearchForm(BaseModel):
    """The search as it stands in the address: every part narrows."""

    model_config = ConfigDict(extra="ignore")

    q: str = Field(
        default="",
        max_length=500,
        description='words, with or without diacritics; "a phrase"; -without; begin*; field:value (so, chu, loai, donvi, coquan,'
        " hoso, nam, tieude, or the name of a field)",
        examples=["quyet dinh"],
    )
    owner: str = Field(default="", max_length=50, description="owner's identifier")
    type: str = Field(default="", max_length=50, description="paper type")
    unit: str = Field(default="", max_length=100, description="unit that digitised it")
    number: str = Field(default="", max_length=100, description="số, ký hiệu; separators do not matter")
    issuer: str = Field(default="", max_length=200, description="words of the cơ quan cấp")
    issuer_is: str = Field(default="", max_length=300, description="the whole cơ quan cấp, however spelled")
    dossier: str = Field(default="", max_length=100, description="mã hồ sơ")
    issued_from: MaybeDate = Field(default=None, description="first day of issue, ISO date")
    issued_to: MaybeDate = Field(default=None, description="last day of issue, ISO date")
    year: MaybeYear = Field(default=None, description="year of issue")
    validity: MaybeValidity = Field(default=None, description="what is said of the record on `valid_on`")
    access: MaybeAccess = Field(default=None, description="how widely the record may be used")
    valid_on: MaybeDate = Field(default=None, description="the day `validity` is asked for; today when left out")
    sort: SomeSort = Field(default=Sort.RELEVANCE, description="relevance, newest (digitised last), issued (issued last)")
    facets: bool = Field(default=False, description="count by what the search may be narrowed")
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
            unit=self.unit.strip(),
            number=self.number.strip(),
            issuer=self.issuer.strip(),
            issuer_is=self.issuer_is.strip(),
            dossier=self.dossier.strip(),
            issued_from=self.issued_from,
            issued_to=self.issued_to,
            year=self.year,
            validity=self.validity,
            valid_on=self.valid_on,
            access=self.access,
            today=datetime.now(VIETNAM).date(),
            sort=self.sort,
            facets=self.facets,
            fields=field_names(),
            limit=self.limit,
            offset=self.offset,
        )

    def asked(self) -> list[str]:
        """The parts that narrow, by name."""
        return sorted(name for name in type(self).model_fields if name not in PLACE and getattr(self, name))

    def address(self, **changes: object) -> str:
        """The query string that asks this again, with `changes`; without its place in the results and its language."""
        parts: dict[str, Any] = self.model_dump(mode="json", exclude={"offset", "lang", "facets"}, exclude_defaults=True)
        parts |= changes
        return urlencode({name: parts[name] for name in type(self).model_fields if parts.get(name)})


def form_of(address: str) -> SearchForm:
    """The search behind a query string; raises BadRequest when it is none."""
    try:
        return SearchForm.model_validate(dict(parse_qsl(address.removeprefix("?"))))
    except ValidationError as error:
        raise BadRequest(where="address") from error


def search(sohoa: Sohoa, form: SearchForm, principal: Principal, carried: str = "") -> SearchPage:
    """Search, and note that it was done: which parts were asked for and how much was found, never the words themselves.

    Only records whose access level lets the asker read them are found. Raises PurposeMissing, PurposeUnknown where a purpose
    is asked for and neither the form nor the session (`carried`) has one.
    """
    purpose = purpose_to_look(sohoa, form.purpose or carried)
    query = replace(form.query(), audience=audience_of(sohoa, principal))
    with sohoa.database.read() as uow:
        page = uow.search.find(query)
    note_access(sohoa, "records.searched", "search", principal, purpose, asked=",".join(form.asked()), found=page.total)
    return page
