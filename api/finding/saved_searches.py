"""Use case: a person keeps a search under a name, and sees how much of it is new since the last look."""

from __future__ import annotations

from dataclasses import dataclass, replace

from api.access.permissions import Principal
from api.access.privacy import audience_of
from api.errors import ApiError
from api.finding.searching import SearchForm, form_of
from api.wiring import Sohoa
from ingest.errors import NextStep
from storage.finding import SavedSearch, SearchQuery
from storage.records.saved_searches import MAX_A_PERSON

MAX_NAME = 100
MAX_ADDRESS = 2000


class SearchNameMissing(ApiError):
    """A search was to be saved without a name."""

    code = "api.search_name_missing"
    next_step = NextStep.RETRY
    vi = "Hãy đặt tên cho tìm kiếm cần lưu."
    en = "Give the search a name to save it under."


class SearchAsksNothing(ApiError):
    """A search was to be saved that asks for nothing."""

    code = "api.search_asks_nothing"
    next_step = NextStep.RETRY
    vi = "Chưa có điều kiện tìm nào để lưu."
    en = "There is nothing asked for yet that could be saved."


class TooManySearches(ApiError):
    """A person has as many saved searches as are kept."""

    code = "api.too_many_searches"
    next_step = NextStep.RETRY
    vi = "Đã lưu đủ {most} tìm kiếm. Hãy bỏ bớt một tìm kiếm cũ."
    en = "{most} searches are saved already. Remove one first."


@dataclass(frozen=True, slots=True)
class Looked:
    """A saved search with what it finds now."""

    saved: SavedSearch
    total: int
    new: int


class SavedSearchDesk:
    """The saved searches of one person."""

    def __init__(self, sohoa: Sohoa, principal: Principal) -> None:
        self._sohoa = sohoa
        self._principal = principal
        self._person = principal.account or principal.name

    def all(self) -> tuple[Looked, ...]:
        """By name, each with how much it finds and how much of that is new since the last look."""
        with self._sohoa.database.read() as uow:
            saved = uow.saved_searches.of(self._person)
            return tuple(Looked(one, *uow.search.count_since(self._query(form_of(one.address)), one.last_seen)) for one in saved)

    def save(self, name: str, address: str) -> Looked:
        """Keep the search behind `address` (a query string) under `name`, in place of the one of that name.

        Raises SearchNameMissing, SearchAsksNothing, TooManySearches, BadRequest.
        """
        named = " ".join(name.split())[:MAX_NAME]
        if not named:
            raise SearchNameMissing
        form = form_of(address[:MAX_ADDRESS])
        if not form.asked():
            raise SearchAsksNothing
        with self._sohoa.database.transaction() as uow:
            last = uow.search.last()
            total, _ = uow.search.count_since(self._query(form), last)
            saved = uow.saved_searches.save(self._person, named, form.address(purpose=""), count=total, last_seen=last)
        if saved is None:
            raise TooManySearches(most=MAX_A_PERSON)
        return Looked(saved, total, 0)

    def open(self, search_id: str) -> str:
        """The address to look at; from now on what is there counts as seen. Raises NotFound."""
        with self._sohoa.database.transaction() as uow:
            saved = uow.saved_searches.get(self._person, search_id)
            last = uow.search.last()
            total, _ = uow.search.count_since(self._query(form_of(saved.address)), last)
            uow.saved_searches.looked(saved, total, last)
        return saved.address

    def remove(self, search_id: str) -> None:
        """Forget it. Raises NotFound."""
        with self._sohoa.database.transaction() as uow:
            uow.saved_searches.remove(self._person, search_id)

    def _query(self, form: SearchForm) -> SearchQuery:
        return replace(form.query(), audience=audience_of(self._sohoa, self._principal))
