"""Batch verification on the web: many files, what is stored, the ledger; followed, stopped, taken up again, printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.access.permissions import PERMISSIONS, Action, Principal, Role
from api.audit.orders import PROGRESS, Order, RunKind, RunProgress, RunState, write
from api.audit.runs import AuditRuns, new_id
from api.audit.work import FILES, Work
from tests.unit.api.test_audit import keep
from tests.world.door import OWNER, Door, open_door

AUDITOR = Principal("demo-auditor", Role.AUDITOR)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("audits") / "data", unit="H00") as opened:
        yield opened


@pytest.fixture(scope="module")
def signed(door: Door, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A sealed file of ours, also stored as a record."""
    record = keep(door, tmp_path_factory.mktemp("signed"))
    return door.sohoa.objects.read_bytes(record.sealed.sha256)


@pytest.fixture(scope="module")
def auditor(door: Door) -> TestClient:
    return door.browser(Role.AUDITOR)


def act(client: TestClient, address: str, files: Any = None, **said: str) -> Any:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', client.get("/verify").text)
    assert found is not None
    return client.post(address, data={"csrf": found.group(1)} | said, files=files)


def runs(door: Door) -> AuditRuns:
    found: AuditRuns = door.app.state.audit_runs
    return found


def at_its_end(door: Door, client: TestClient, answer: Any) -> str:
    """The page of a run that was begun, once nobody works on it any more."""
    assert answer.status_code == 200, answer.text
    for thread in list(runs(door)._at_work.values()):
        thread.join(30)
    return client.get(answer.url.path).text


def pdfs(*named: tuple[str, bytes]) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("files", (name, data, "application/pdf")) for name, data in named]


def test_many_files_the_worst_first_and_nothing_of_them_kept(door: Door, auditor: TestClient, signed: bytes) -> None:
    altered = bytearray(signed)
    altered[len(altered) // 3] ^= 1
    sent = pdfs(("tốt.pdf", signed), ("tốt.pdf", signed), ("sửa.pdf", bytes(altered)), ("../x", b"no pdf"))
    answer = act(auditor, "/audits/files", sent)
    shown = at_its_end(door, auditor, answer)
    assert "tốt (2).pdf" in shown
    assert shown.index("sửa.pdf") < shown.index("tốt.pdf")
    assert 'class="verdict total-failed"' in shown
    folder = door.sohoa.settings.data_dir / "audits" / answer.url.path.rsplit("/", 1)[-1]
    assert not (folder / FILES).exists()
    assert auditor.get(f"{answer.url.path}/results.csv").content.startswith(b"\xef\xbb\xbf")
    assert auditor.get(f"{answer.url.path}/summary.pdf").content.startswith(b"%PDF")
    told = auditor.get(f"{answer.url.path}/summary.json").json()
    assert (told["files"], told["passed"], told["failed"]) == (4, 2, 1)
    assert auditor.get(f"{answer.url.path}/order.json").status_code == 404


def test_records_by_days_are_held_against_store_and_ledger(door: Door, auditor: TestClient, signed: bytes) -> None:
    assert signed
    day = (datetime.now(UTC) + timedelta(days=1)).date()
    answer = act(auditor, "/audits/days", first="2020-01-01", last=day.isoformat(), purpose="thanh tra")
    shown = at_its_end(door, auditor, answer)
    assert "nguyên vẹn" in shown
    assert OWNER not in shown
    assert "thanh tra" in shown
    with door.sohoa.database.read() as uow:
        (told, *_) = [one for one in uow.ledger.entries(subject="audit") if one.details["purpose"]]
    assert (told.event, told.actor) == ("audit.made", "demo-auditor")


def test_the_chain_is_walked_and_what_is_said_of_it_is_kept(door: Door, auditor: TestClient) -> None:
    shown = at_its_end(door, auditor, act(auditor, "/audits/ledger"))
    assert "nguyên vẹn" in shown
    assert "chưa có mốc neo" in shown
    events = auditor.get(f"{act(auditor, '/audits/ledger').url.path}/events").text
    assert "event: finished" in events


@pytest.mark.parametrize(
    ("act_of", "said"),
    [
        ("files", {}),
        ("days", {"first": "2026-02-01", "last": "2026-01-01"}),
        ("days", {"first": "hôm nay", "last": "2026-01-01"}),
        ("book", {"book": "no such book"}),
    ],
)
def test_what_cannot_be_begun_is_told_on_the_same_page(auditor: TestClient, act_of: str, said: dict[str, str]) -> None:
    refused = act(auditor, f"/audits/{act_of}", **said)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert "<h1>Kiểm tra hàng loạt</h1>" in refused.text


def test_a_run_that_was_killed_goes_on_where_it_was(door: Door, auditor: TestClient, signed: bytes) -> None:
    order = Order(
        id=new_id(), kind=RunKind.FILES, title="x", lang="vi", actor="demo-auditor", unit="", created_at=datetime.now(UTC)
    )
    stopped = stopped_run(door, order, signed)
    shown = auditor.get(f"/audits/{order.id}").text
    assert "Lượt kiểm tra đã dừng" in shown
    assert runs(door).get(order.id, AUDITOR).state is RunState.STOPPED
    assert "Làm tiếp" in shown
    done = at_its_end(door, auditor, act(auditor, f"/audits/{order.id}/resume"))
    assert 'class="verdict total-passed"' in done
    assert (stopped / "summary.json").exists()


def stopped_run(door: Door, order: Order, signed: bytes) -> Path:
    """What a kill leaves: the order, the files, progress nobody writes any more."""
    folder = door.sohoa.settings.data_dir / "audits" / order.id
    (folder / FILES).mkdir(parents=True)
    (folder / FILES / "000000").write_bytes(signed)
    (folder / "names.json").write_text('{"names": ["a.pdf"]}')
    write(folder, PROGRESS, RunProgress(at=datetime.now(UTC) - timedelta(minutes=5), total=1))
    write(folder, "order.json", order)
    return folder


def test_the_end_of_the_program_stops_a_run_without_a_verdict(door: Door, signed: bytes) -> None:
    order = Order(
        id=new_id(), kind=RunKind.FILES, title="x", lang="vi", actor="demo-auditor", unit="", created_at=datetime.now(UTC)
    )
    folder = stopped_run(door, order, signed)
    Work(door.sohoa, order, folder, lambda: True).all()
    assert not (folder / "summary.json").exists()
    assert runs(door).get(order.id, AUDITOR).state is RunState.STOPPED


def test_runs_of_others_are_not_there(door: Door, auditor: TestClient, signed: bytes) -> None:
    order = Order(
        id=new_id(), kind=RunKind.FILES, title="của đơn vị khác", lang="vi", actor="x", unit="H09", created_at=datetime.now(UTC)
    )
    stopped_run(door, order, signed)
    of_unit = Principal("kiem-tra-h00", Role.AUDITOR, "H00")
    assert order.id not in {one.order.id for one in runs(door).latest(of_unit)}
    assert auditor.get("/audits/..%2F..%2Fdemo-tokens.json").status_code == 404
    assert auditor.get(f"/audits/{new_id()}").status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if Action.AUDIT_RUN not in PERMISSIONS[role]])
def test_nobody_else_begins_a_run(door: Door, role: Role) -> None:
    client = door.browser(role)
    assert client.get("/audits").status_code == 403
    assert act(client, "/audits/ledger").status_code == 403
