"""A refused file is replaced once, or given up with a reason; one sent for a place in a paper hands its place on."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.access.permissions import Role
from api.access.tokens import issue
from api.intake.receiving import Intake
from storage.arranging import OrderKind, OrderState, PageOrder
from storage.model import FileRow, FileState
from tests.world.door import Door, open_door, put_paper


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("refused"), unit="H00") as opened:
        yield opened


def refused(door: Door, data: bytes) -> FileRow:
    intake = Intake(door.sohoa)
    row = intake.receive(intake.create_batch(actor="demo-clerk").id, "hỏng.pdf", io.BytesIO(data), actor="demo-clerk")
    with door.sohoa.database.transaction() as uow:
        uow.files.refused(row.id, "ingest.type_unknown", {})
    return row


def state(door: Door, row: FileRow) -> FileState:
    with door.sohoa.database.read() as uow:
        return uow.files.get(row.id).state


def test_replaced_once(door: Door) -> None:
    client, row = door.client(), refused(door, b"bad 1")
    paper = put_paper(door.sohoa)
    with door.sohoa.database.transaction() as uow:
        uow.arrangements.order(
            PageOrder(row.id, paper.id, "p" * 32, OrderKind.REPLACE, "mờ", "an", OrderState.OPEN, row.created_at)
        )
    address = f"/v1/files/{row.id}/replace"
    same = client.post(address, files={"file": ("a.pdf", b"bad 1")})
    assert same.json()["code"] == "api.same_file"
    better = client.post(address, files={"file": ("tốt.pdf", b"good 1")})
    assert (better.status_code, state(door, row)) == (201, FileState.REPLACED)
    assert client.post(address, files={"file": ("tốt.pdf", b"good 2")}).status_code == 409
    with door.sohoa.database.read() as uow:
        assert uow.arrangements.order_of(row.id) is None
        order = uow.arrangements.order_of(better.json()["id"])
    assert order is not None
    assert (order.paper_id, order.page_id) == (paper.id, "p" * 32)


def test_given_up_with_a_reason(door: Door) -> None:
    client, row = door.client(), refused(door, b"bad 2")
    address = f"/v1/files/{row.id}/give-up"
    assert client.post(address, json={"reason": " "}).json()["code"] == "api.reason_missing"
    other = issue(door.sohoa.database, "clerk-of-h99", Role.CLERK, unit="H99")
    assert client.post(address, json={"reason": "x"}, headers={"Authorization": f"Bearer {other}"}).status_code == 404
    assert client.post(address, json={"reason": "tệp hỏng"}).status_code == 204
    assert state(door, row) is FileState.GIVEN_UP
    assert client.post(address, json={"reason": "tệp hỏng"}).status_code == 409


def test_what_nobody_acted_on_waits_on_the_attention_list_of_its_unit(door: Door) -> None:
    row = refused(door, b"bad 3")
    page, foreign = door.browser(), TestClient(door.app, headers={"Accept": "text/html"})
    foreign.get(f"/?token={issue(door.sohoa.database, 'clerk-of-h98', Role.CLERK, unit='H98')}")
    assert f'action="/files/{row.id}/replace"' in page.get("/attention").text
    assert row.id not in foreign.get("/attention").text
    assert foreign.get("/v1/files/refused").json() == []
    assert row.id in waiting(door)
    assert waiting(door, batch=row.batch_id) == [row.id]
    door.client().post(f"/v1/files/{row.id}/give-up", json={"reason": "tệp hỏng"})
    assert row.id not in page.get("/attention").text
    assert row.id not in waiting(door)


def waiting(door: Door, **asked: str) -> list[str]:
    return [file["id"] for file in door.client().get("/v1/files/refused", params=asked).json()]
