"""The administrator's page says in words how the place does, and shows only what is within reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.access.permissions import Role
from api.watch.options import WatchOptions
from storage.errors import StorageError
from storage.model import StepKind
from tests.unit.api.test_attention import fail
from tests.world.door import OWNER, Door, open_door, put_paper
from tests.world.working import put_worker


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with open_door(tmp_path / "data", watch=WatchOptions(believed_seconds=0)) as made:
        yield made


def shown(door: Door) -> str:
    client = door.client(None)
    client.get(f"/?token={door.tokens[Role.ADMIN]}")
    answer = client.get("/status")
    assert answer.status_code == 200
    return answer.text


def test_work_failures_and_silent_workers_in_words(door: Door) -> None:
    put_worker(door.sohoa)
    put_worker(door.sohoa, name="scan-2/78", silent_seconds=600)
    paper = put_paper(door.sohoa, name="Nguyễn Văn An.pdf")
    fail(door.sohoa, StepKind.IDENTIFY, paper.file_id)
    page = shown(door)
    assert "1 bộ xử lý đang làm việc" in page
    assert "Bộ xử lý 78 trên máy scan-2 im lặng đã 10 phút." in page
    assert door.sohoa.settings.unit in page
    assert 'href="/attention"' in page
    assert "Không có lỗi nào" not in page
    for personal in ("Nguyễn Văn An", OWNER, paper.id):
        assert personal not in page


def test_nobody_works(door: Door) -> None:
    page = shown(door)
    assert "Không có bộ xử lý nào làm việc" in page
    assert "Không có việc nào đang chờ." in page


def test_the_page_stands_without_the_queue(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise StorageError

    monkeypatch.setattr(door.app.state.believed, "figures", away)
    assert "Cơ sở dữ liệu không trả lời" in shown(door)


def test_the_start_page_tells_what_waits_for_whom(door: Door) -> None:
    paper = put_paper(door.sohoa)
    fail(door.sohoa, StepKind.IDENTIFY, paper.file_id)

    def start(role: Role) -> str:
        return door.client(None).get(f"/?token={door.tokens[role]}").text

    tile = re.compile(r'href="/attention"><strong>Cần xử lý <span class="count">1 đang chờ</span>')
    assert tile.search(start(Role.CLERK))
    assert "đang chờ</span>" not in start(Role.AUDITOR)
