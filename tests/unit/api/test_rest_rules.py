"""Every route has a rule, every error an HTTP answer, every role its table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.access.permissions import PERMISSIONS, Action, Principal, Role
from api.errors import STATUSES, TITLES, Forbidden, NoSuchAddress, status_of, to_problem
from api.http.identity import Allow, public
from api.rest import attention, batches, certification, health, papers, records, registers, reviewing, searches, verification
from api.web.pages import clerk, door, officer, public_check, review, searching
from api.web.rooms import ROUTERS as PAGE_ROUTERS
from api.web.visits import Post, Visit
from ingest.errors import CodedError
from scripts.make_docs import error_classes
from storage.errors import Conflict, NotFound, StoreFull

ROUTERS: tuple[APIRouter, ...] = (
    batches.router,
    papers.router,
    reviewing.router,
    records.router,
    attention.router,
    verification.router,
    health.router,
    door.router,
    clerk.router,
    review.router,
    searching.router,
    searches.router,
    officer.router,
    certification.router,
    certification.public_router,
    registers.router,
    public_check.router,
    *PAGE_ROUTERS,
)


def routes() -> list[APIRoute]:
    return [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]


def rules(dependant: Dependant) -> Iterator[Any]:
    for inner in dependant.dependencies:
        if isinstance(inner.call, Allow | Visit | Post) or inner.call is public:
            yield inner.call
        yield from rules(inner)


@pytest.mark.parametrize("route", routes(), ids=lambda route: f"{min(route.methods)} {route.path}")
def test_every_route_names_its_rule(route: APIRoute) -> None:
    found = list(rules(route.dependant))
    assert found, f"{route.path} has no rule: add Allow(...), Visit(...), Post(...) or public"
    changes = route.methods - {"GET", "HEAD", "OPTIONS"}
    if changes and not route.path.startswith("/v1") and route.path != "/sign-in":
        assert any(isinstance(rule, Post) for rule in found), f"{route.path} changes something without Post"


OPEN_ONES = frozenset(
    {
        "/health",
        "/ready",
        "/",
        "/sign-in",
        "/language/{lang}",
        "/v1/public/certified/{token}",
        "/kiem-tra",
        "/kiem-tra/{token}",
        "/guide",
        "/guide/{name}",
        "/sign-in/provider",
        "/sign-in/provider/back",
    }
)
"""What anybody may see without signing in."""


def test_the_application_has_no_other_routes_than_those_walked() -> None:
    known = {route.path for route in routes()}
    assert known >= OPEN_ONES
    assert {route.path for route in routes() if public in set(rules(route.dependant))} == OPEN_ONES


def test_roles_differ_where_it_matters() -> None:
    assert not PERMISSIONS[Role.OFFICER] & {Action.BATCH_SEND, Action.PAPER_REVIEW, Action.ATTENTION_ACT}
    assert not PERMISSIONS[Role.AUDITOR] & {Action.BATCH_SEND, Action.PAPER_REVIEW, Action.ATTENTION_ACT}
    assert PERMISSIONS[Role.ADMIN] == frozenset(Action)
    assert set(PERMISSIONS) == set(Role)
    with pytest.raises(Forbidden):
        Principal("a", Role.AUDITOR).require(Action.BATCH_SEND)


def errors() -> list[type[CodedError]]:
    return error_classes()


def test_each_entry_of_the_status_table_matches_an_error() -> None:
    codes = {kind.code for kind in errors()}
    unused = [entry for entry in STATUSES if not any(code == entry or code.startswith(f"{entry}.") for code in codes)]
    assert unused == []


def test_each_status_has_a_title_in_both_languages() -> None:
    assert {status_of(kind.code) for kind in errors()} <= set(TITLES)
    assert all(vietnamese and english for vietnamese, english in TITLES.values())


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound(what="batch", key="x"), 404),
        (Conflict(), 409),
        (StoreFull(), 507),
        (NoSuchAddress(), 404),
        (Forbidden(action="a"), 403),
    ],
)
def test_problem_documents(error: CodedError, status: int) -> None:
    problem = to_problem(error, "en")
    assert problem.status == status
    assert problem.type == f"urn:sohoa:error:{error.code}"
    assert problem.detail == error.message("en")
    assert to_problem(error, "vi").detail == error.message("vi")
    assert problem.as_json()["next_step"] == error.next_step.value


def test_an_unknown_code_is_an_internal_error() -> None:
    assert status_of("nobody.knows") == 500
