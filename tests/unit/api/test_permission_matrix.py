"""Every route of the application × every role × the own unit and another: made from the routes, so that none is forgotten.

A route without a rule, with an unknown part in its address, or a new kind of object fails here until somebody says what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from api.access.browser import CSRF_FIELD, CSRF_HEADER, SESSION_COOKIE, csrf_token
from api.access.permissions import ALWAYS, PERMISSIONS, Action, Role
from api.access.tokens import hash_secret, issue, new_secret
from api.http.identity import Allow, public
from api.intake.receiving import Intake
from api.web.visits import Post, Visit
from storage.model import Paper, StepKind
from storage.registers import RegisterKind
from tests.unit.api.test_attention import fail
from tests.unit.api.test_certification_door import OPTIONS, ask
from tests.world.door import Door, open_door, put_paper
from tests.world.no_scanners import no_scanners
from tests.world.working import put_worker

OWN, OTHER = "H00", "H99"


@dataclass(frozen=True)
class World:
    """One object of each kind, all of the unit OWN."""

    door: Door
    ids: dict[str, str]
    clients: dict[tuple[Role, str], TestClient]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("matrix")
    with pytest.MonkeyPatch.context() as patch, open_door(folder, certification=OPTIONS, unit=OWN) as door:
        patch.setenv("SANE_CONFIG_DIR", no_scanners(folder / "no-scanners"))
        with door.sohoa.database.transaction() as uow:
            uow.registers.open(OWN, RegisterKind.ELECTRONIC, "SCTĐT/BS", "van-thu")
        put_worker(door.sohoa, silent_seconds=-3600)
        clients = {(role, unit): _client(door, role, unit) for role in Role for unit in (OWN, OTHER)}
        yield World(door, _objects(door), clients)


def _client(door: Door, role: Role, unit: str) -> TestClient:
    secret = issue(door.sohoa.database, f"m-{role}-{unit}", role, unit=unit)
    client = TestClient(door.app, raise_server_exceptions=False, follow_redirects=False)
    client.get(f"/?token={secret}")
    client.headers[CSRF_HEADER] = csrf_token(client.cookies[SESSION_COOKIE])
    return client


def _objects(door: Door) -> dict[str, str]:
    sohoa = door.sohoa
    paper: Paper = put_paper(sohoa)
    batch = Intake(sohoa).create_batch(actor="demo-clerk")
    with sohoa.database.read() as uow:
        page = uow.pages.of_paper(paper.id)[0]
    step = fail(sohoa, StepKind.IDENTIFY, Intake(sohoa).receive(batch.id, "a.tif", _bytes(), actor="demo-clerk").id)
    made = ask(door)
    return {
        "batch_id": paper.batch_id,
        "paper_id": paper.id,
        "page_id": page.id,
        "file_id": paper.file_id,
        "step_id": step.id,
        "certification_id": made["id"],
        "index": "0",
        "sha256": "0" * 64,
    }


def _bytes() -> Any:
    import io

    return io.BytesIO(b"II*\0 not really")


UNIT_BOUND = {"batch_id", "paper_id", "page_id", "file_id", "step_id", "certification_id"}
"""Parts of addresses that name work of a unit: to another unit it is not there."""
FREE = {
    "lang": "vi", "token": "x" * 43, "code": "NO-SUCH-CODE", "request_id": "0" * 32,
    "copy_id": "0" * 32, "disposal_id": "0" * 32, "hold_id": "0" * 32,
    "reuse_id": "0" * 32, "run_id": "0" * 32, "account_id": "0" * 32, "search_id": "0" * 32,
    "kind": "electronic", "year": "2026", "month": "11", "format": "json", "seq": "1",
}  # fmt: skip
"""Other parts, with something that is not there: what they lead to is for every unit, or is looked up by the asker's own."""


def walked(router: Any) -> Iterator[Any]:
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        if inner is None:
            yield route
        else:
            yield from walked(inner)


def routes(app: Any) -> list[tuple[APIRoute, str]]:
    found = [route for route in walked(app) if isinstance(route, APIRoute)]
    return [(route, method) for route in found for method in sorted(route.methods - {"HEAD"})]


def rules(dependant: Dependant) -> Iterator[Any]:
    for inner in dependant.dependencies:
        if isinstance(inner.call, Allow | Visit | Post) or inner.call is public:
            yield inner.call
        yield from rules(inner)


def allows(found: list[Any], role: Role) -> bool:
    """What the rules of a route say about a role."""
    return all(
        rule is public or rule.action in PERMISSIONS[role] or getattr(rule, "other", None) in PERMISSIONS[role] for rule in found
    )


def address_of(world: World, route: APIRoute) -> str:
    def put(match: re.Match[str]) -> str:
        name = match.group(1).partition(":")[0]
        known = world.ids | FREE
        assert name in known or not name.endswith("_id"), f"{route.path}: say in UNIT_BOUND or FREE what {{{name}}} is"
        return known.get(name, "x")

    return re.sub(r"\{([^}]+)\}", put, route.path)


@cache
def _empty(kind: str) -> object:
    return {"string": "x" * 8, "integer": 1, "number": 1, "boolean": False, "array": [], "object": {}}.get(kind, "x")


def body_for(app: Any, route: APIRoute, method: str) -> object:
    """A body the route's schema takes, so that what is refused is refused for who asks."""
    operation = app.openapi()["paths"].get(route.path, {}).get(method.lower(), {})
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    return _made(app.openapi(), schema) if schema else None


def _made(document: dict[str, Any], schema: dict[str, Any]) -> object:  # noqa: PLR0911 - a case a line
    if "$ref" in schema:
        return _made(document, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    for name in ("anyOf", "oneOf", "allOf"):
        if name in schema:
            return _made(document, schema[name][0])
    if schema.get("examples"):
        return schema["examples"][0]
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        wanted = {name: part for name, part in schema.get("properties", {}).items() if name in schema.get("required", ())}
        return {name: _made(document, part) for name, part in wanted.items()}
    if schema.get("type") == "array" and schema.get("minItems"):
        return [_made(document, schema["items"])]
    return _empty(schema.get("type", "string"))


WELL_FORMED = {
    "reason": "lý do", "version": "0", "next": "/", "paper_type": "generic", "arrangement": "0", "do": "turn-90",
}  # fmt: skip
"""Fields of forms, so that none is refused for its form before anybody looks whose work it is."""


def call(world: World, client: TestClient, route: APIRoute, method: str) -> Any:
    address = address_of(world, route)
    if route.path.endswith("/events"):
        address += "?once=1"
    body = body_for(world.door.app, route, method)
    if method in {"GET", "OPTIONS"}:
        return client.request(method, address)
    if body is not None:
        return client.request(method, address, json=body)
    form = {CSRF_FIELD: client.headers[CSRF_HEADER], **WELL_FORMED}
    scan = ("a.tif", b"scan")
    if method == "PUT":
        return client.request(method, address, params={"name": "a.tif"}, content=b"")
    if route.path.startswith("/v1"):
        query = {"page": world.ids["page_id"], "arrangement": "0", "reason": "lý do"}
        return client.request(method, address, params=query, files={"files" if route.path.endswith("files") else "file": scan})
    return client.request(method, address, data=form, files={"file": scan, "files": scan})


def test_every_route_has_a_rule(world: World) -> None:
    without = [route.path for route, _ in routes(world.door.app) if not list(rules(route.dependant))]
    assert without == []
    others = {route.path for route in walked(world.door.app) if not isinstance(route, APIRoute)}
    assert others == {"/v1/openapi.json", "/static"}, "the description of the API and our own style and scripts"
    assert len(routes(world.door.app)) > 80


@pytest.mark.parametrize("role", Role)
def test_a_role_does_what_its_table_allows_and_nothing_else(world: World, role: Role) -> None:
    wrong = []
    for route, method in routes(world.door.app):
        found = list(rules(route.dependant))
        if allows(found, role) or route.path in LEAVING:
            continue
        for unit in (OWN, OTHER):
            answer = call(world, world.clients[role, unit], route, method)
            if answer.status_code != 403:
                wrong.append((method, route.path, unit, answer.status_code))
    assert not wrong, "\n".join(map(str, wrong))


LEAVING = {"/sign-out"}
"""Ends the session that the test goes on with."""
STREAMS = {"/v1/batches/{batch_id}/events"}
"""Does not end while work is under way."""


@pytest.mark.parametrize("role", Role)
def test_work_of_another_unit_is_not_there(world: World, role: Role) -> None:
    wrong = []
    for route, method in routes(world.door.app):
        bound = set(re.findall(r"\{(\w+)", route.path)) & UNIT_BOUND
        if not bound or not allows(list(rules(route.dependant)), role):
            continue
        answer = call(world, world.clients[role, OTHER], route, method)
        if answer.status_code != 404:
            wrong.append((method, route.path, answer.status_code, answer.text[:120]))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("role", Role)
def test_what_is_allowed_in_the_own_unit_works(world: World, role: Role) -> None:
    wrong = []
    for route, method in routes(world.door.app):
        if route.path in LEAVING | STREAMS or not allows(list(rules(route.dependant)), role):
            continue
        answer = call(world, world.clients[role, OWN], route, method)
        if answer.status_code in {401, 405} or answer.status_code >= 500 or (answer.status_code == 403 and _by_rule(answer)):
            wrong.append((method, route.path, answer.status_code, answer.text[:120]))
    assert not wrong, "\n".join(map(str, wrong))


def _by_rule(answer: Any) -> bool:
    return "api.forbidden" in answer.text or "api.forged_request" in answer.text


def test_nobody_comes_in_without_signing_in(world: World) -> None:
    nobody = TestClient(world.door.app, raise_server_exceptions=False, follow_redirects=False)
    nobody.headers[CSRF_HEADER] = "0" * 64
    wrong = []
    for route, method in routes(world.door.app):
        if public in set(rules(route.dependant)):
            continue
        answer = call(world, nobody, route, method)
        if answer.status_code != 401:
            wrong.append((method, route.path, answer.status_code))
    assert not wrong, "\n".join(map(str, wrong))


def test_a_token_of_the_one_scope_for_reports_reads_reports_and_nothing_else(world: World) -> None:
    secret = new_secret()
    with world.door.sohoa.database.transaction() as uow:
        uow.tokens.add("ioc", Role.AUDITOR.value, hash_secret(secret), OWN, None, scopes=(Action.REPORT_READ.value,))
    program = TestClient(world.door.app, headers={"Authorization": f"Bearer {secret}"}, raise_server_exceptions=False)
    program.headers[CSRF_HEADER] = "-"
    free, allowed = {*ALWAYS, Action.REPORT_READ}, []
    for route, method in routes(world.door.app):
        found = list(rules(route.dependant))
        if not route.path.startswith("/v1") or public in found:
            continue
        told = call(world, program, route, method).status_code
        if all(rule.action in free or getattr(rule, "other", None) in free for rule in found):
            allowed.append(route.path)
            assert told != 403, route.path
        else:
            assert told == 403, (method, route.path, told)
    assert any(path.startswith("/v1/reports") for path in allowed)


def test_only_these_are_open(world: World) -> None:
    found = {route.path for route, _ in routes(world.door.app) if public in set(rules(route.dependant))}
    assert found == {
        "/health", "/ready", "/", "/sign-in", "/sign-in/provider", "/sign-in/provider/back", "/language/{lang}",
        "/v1/public/certified/{token}", "/kiem-tra", "/kiem-tra/{token}", "/guide", "/guide/{name}",
    }  # fmt: skip


def test_actions_are_somebodys(world: World) -> None:
    """No action is named by a rule that no role but the administrator has, save administration itself."""
    used = {rule.action for route, _ in routes(world.door.app) for rule in rules(route.dependant) if rule is not public}
    worn = {action for role in Role if role is not Role.ADMIN for action in PERMISSIONS[role]}
    assert used - worn <= {Action.ACCOUNT_ADMIN, Action.UNIT_ADMIN, Action.METRICS_READ, Action.STATUS_READ}
