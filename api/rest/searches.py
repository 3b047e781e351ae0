"""Searches a person keeps under a name."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from api.finding.saved_searches import MAX_ADDRESS, MAX_NAME, SavedSearchDesk
from api.http.identity import MaySearch, Product
from api.http.problems import documented
from api.views import SavedSearchView

router = APIRouter(prefix="/v1/searches", tags=["records"])

SearchId = Annotated[str, Path(max_length=64, description="Id of the saved search")]


class SavedSearchBody(BaseModel):
    """A search to keep."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "Quyết định giao đất", "address": "q=giao+dat&type=decision"}]}
    )

    name: str = Field(max_length=MAX_NAME, description="a search of the same name is replaced")
    address: str = Field(max_length=MAX_ADDRESS, description="the query string of the search")


@router.get("", responses=documented())
def every(sohoa: Product, principal: MaySearch) -> tuple[SavedSearchView, ...]:
    """One's own saved searches by name, each with how much it finds and how much of that is new since the last look."""
    return tuple(SavedSearchView.of(one.saved, one.total, one.new) for one in SavedSearchDesk(sohoa, principal).all())


@router.post("", status_code=201, responses=documented())
def save(body: SavedSearchBody, sohoa: Product, principal: MaySearch) -> SavedSearchView:
    """Keep a search under a name."""
    one = SavedSearchDesk(sohoa, principal).save(body.name, body.address)
    return SavedSearchView.of(one.saved, one.total, one.new)


@router.delete("/{search_id}", status_code=204, responses=documented(404))
def remove(search_id: SearchId, sohoa: Product, principal: MaySearch) -> None:
    """Forget a saved search."""
    SavedSearchDesk(sohoa, principal).remove(search_id)
