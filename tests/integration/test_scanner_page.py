"""The scanner page on SANE's `test` device: start, follow, stop, a jam, one run at a time, nothing that is not offered."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from api.rest.app import create_app
from api.scan.options import ScanOptions, ScanProfile
from api.scan.runs import ScanRun, ScanRuns
from api.scan.stack import ScanDesk
from tests.world.door import Door, open_door

REAL = shutil.which("scanimage")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(REAL is None, reason="NOT TESTED, no scanimage: apt-get install sane-utils"),
]
FEEDER = "Automatic Document Feeder"
SMALL = ScanOptions(profiles={"chuan": ScanProfile(dpi=200), "tra-cuu": ScanProfile(dpi=200)})


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """A server whose only scanner is the test device."""
    (tmp_path / "sane").mkdir()
    (tmp_path / "sane" / "dll.conf").write_text("test\n")
    monkeypatch.setenv("SANE_CONFIG_DIR", str(tmp_path / "sane"))
    with open_door(tmp_path / "data", scan=SMALL) as opened:
        yield opened
        runs_of(opened).close()


def runs_of(door: Door) -> ScanRuns:
    found: ScanRuns = door.app.state.scan_runs
    return found


def wrapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a program before the real one that runs it and then does what a scanner in trouble makes it do."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "scanimage"
    program.write_text(f'#!/bin/sh\ncase "$*" in *--batch=*) ;; *) exec {REAL} "$@";; esac\n{script}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")


def start(browser: TestClient, **changes: str) -> Response:
    csrf = re.search(r'name="csrf" value="(\w+)"', browser.get("/scan").text)
    assert csrf
    form = {"csrf": csrf[1], "device": "test:0", "profile": "chuan", "mode": "Gray", "source": FEEDER} | changes
    return browser.post("/scan", data=form, follow_redirects=False)


def finished(door: Door, browser: TestClient, answer: Response) -> tuple[ScanRun, str]:
    """The run after its last event, and its page."""
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    assert "event: finished" in browser.get(f"{address}/events").text
    run = runs_of(door).find(address.split("/")[2])
    assert run is not None
    return run, browser.get(address).text


def test_a_jam_after_three_pages_is_told_and_they_are_kept(door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jam = "scanimage: sane_start: Document feeder jammed"
    wrapped(tmp_path, monkeypatch, f'{REAL} "$@" -x 20 -y 20 --batch-count=3\necho "{jam}" >&2\nexit 7')
    browser = door.browser()
    assert 'href="/scan"' in browser.get("/").text
    run, page = finished(door, browser, start(browser, dossier="H55.242-261122-0001", hold="1"))
    assert run.pages == 3
    assert "Kẹt giấy sau 3 trang" in page
    assert f'href="/scan?batch={run.batch_id}' in page
    with door.sohoa.database.read() as uow:
        batch, files = uow.batches.get(run.batch_id), uow.files.of_batch(run.batch_id)
    assert (batch.dossier, batch.hold, len(files)) == ("H55.242-261122-0001", True, 1)
    again, _ = finished(door, browser, start(browser, batch=run.batch_id))
    assert again.batch_id == run.batch_id
    with door.sohoa.database.read() as uow:
        assert len(uow.files.of_batch(run.batch_id)) == 2


def test_stop_ends_after_the_page_in_hand_and_a_second_person_is_told(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrapped(tmp_path, monkeypatch, f'echo >> {tmp_path}/began; exec {REAL} "$@" -x 20 -y 20')
    browser, entered, told = door.browser(), [], []

    def second(_: Path) -> None:
        """Between the first page and the next one being asked for."""
        entered.append(1)
        told.append(start(browser, source="Flatbed"))
        (run,) = (one for one in runs_of(door)._runs.values() if not one.finished)
        page = browser.get(f"/batches/{run.batch_id}/scan").text
        csrf = re.search(r'name="csrf" value="(\w+)"', page)
        assert csrf
        browser.post(f"/batches/{run.batch_id}/scan/stop", data={"csrf": csrf[1]})

    monkeypatch.setattr("api.scan.stack._sync", second)
    run, page = finished(door, browser, start(browser))
    assert (run.pages, run.problem, len(entered)) == (1, None, 1)
    assert "Đã quét xong" in page
    assert told[0].status_code == 422
    assert "đang được người khác dùng" in told[0].text
    assert (tmp_path / "began").read_text() == "\n"  # the second one did not touch the scanner
    with door.sohoa.database.read() as uow:
        assert len(uow.batches.latest(10, 0)) == 1


def test_only_what_the_server_offers(door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrapped(tmp_path, monkeypatch, f"touch {tmp_path}/began")
    browser = door.browser()
    page = browser.get("/scan").text
    assert page.index(">Màu<") < page.index(">Thang xám<")
    assert "Khay nạp, một mặt" in page
    for wrong in (
        {"device": "net:10.0.0.1:x"},
        {"device": f"test:0; touch {tmp_path}/x"},
        {"profile": "150"},
        {"mode": "--help"},
    ):
        answer = start(browser, **wrong)
        assert (answer.status_code, "notice bad" in answer.text) == (422, True), wrong
    assert not (tmp_path / "began").exists()
    with door.sohoa.database.read() as uow:
        assert len(uow.batches.latest(10, 0)) == 0


def test_where_there_is_no_scanner_a_click_asks_once(door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking takes seconds, most where nothing answers."""
    wrapped(tmp_path, monkeypatch, f"touch {tmp_path}/began")
    program = tmp_path / "bin" / "scanimage"
    program.write_text(program.read_text().replace("case", f"echo asked >> {tmp_path}/asked\ncase", 1))
    (tmp_path / "sane" / "dll.conf").write_text("")
    browser = door.browser()
    assert "test:0" not in browser.get("/scan").text
    assert (tmp_path / "asked").read_text() == "asked\n"
    assert start(browser).status_code == 422  # opens the page for its form, and sends it
    assert (tmp_path / "asked").read_text() == 2 * "asked\n"
    (tmp_path / "sane" / "dll.conf").write_text("test\n")
    assert "test:0" in browser.get("/scan?again=1").text


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("sane_start: Scanner cover is open", "Nắp máy quét đang mở"),
        ("sane_start: Document feeder out of documents", "Khay nạp không có giấy"),
        ("open of device test:0 failed: Device busy", "đang được người khác dùng"),
    ],
)
def test_a_scanner_in_trouble(door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, sentence: str) -> None:
    wrapped(tmp_path, monkeypatch, f'echo "scanimage: {said}" >&2\nexit 7')
    browser = door.browser()
    _, page = finished(door, browser, start(browser))
    assert sentence in page


def test_without_a_program_or_by_the_setting_there_is_no_such_page(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    page = door.browser().get("/scan")
    assert (page.status_code, "không quét trực tiếp được" in page.text, 'href="/scan"' in page.text) == (200, True, False)
    assert start_app_scan_dir(door) == 0


def start_app_scan_dir(door: Door) -> int:
    """What a server that starts finds left behind: nothing."""
    with TestClient(create_app(door.sohoa, viewer=door.app.state.viewer)):
        return len(ScanDesk(door.sohoa).recover("clerk"))
