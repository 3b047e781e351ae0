"""The fault harness judges: each check finds what it is there for, and a seed always gives the same faults."""

from __future__ import annotations

import http.client
import inspect
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

import scripts.soak.__main__ as soak
from scripts.soak.defects import beginning, defects_told
from scripts.soak.faults import Bell
from scripts.soak.invariants import INVARIANTS, Everything, Violation, accepted_once, hot_folder, steps_end, unbroken
from scripts.soak.load import Journal, Receipt
from scripts.soak.papers import Item
from scripts.soak.plan import STORE_MOODS, Kind, Options, schedule
from scripts.soak.planted import MINUTES, PLANTS
from scripts.soak.proxy import GOOD, Proxy
from scripts.soak.report import named
from scripts.soak.run import Outcome
from scripts.soak.servers import ServerFailed, ServerMissing
from storage.model import StepState

ITEM = Item("giay-to.tif", b"scan", 1)
BODY = b"object" * 100


def world(journal: Journal, **rows: list[Any]) -> Everything:
    return cast("Everything", SimpleNamespace(journal=journal, **{"files": [], "steps": [], "hot": Path(), **rows}))


def file_row(number: int) -> SimpleNamespace:
    return SimpleNamespace(id=f"row{number}", batch_id="b", object_sha256=ITEM.sha256, name=ITEM.name, parent_id="")


@pytest.mark.parametrize(("rows", "whole"), [(0, False), (1, True), (2, False)])
def test_a_receipt_stands_for_one_row(rows: int, whole: bool) -> None:
    journal = Journal(receipts=[Receipt("b", "row0", ITEM.name, ITEM)])
    assert (not list(accepted_once(world(journal, files=[file_row(number) for number in range(rows)])))) == whole


def test_a_receipt_names_its_row() -> None:
    journal = Journal(receipts=[Receipt("b", "another", ITEM.name, ITEM)])
    assert list(accepted_once(world(journal, files=[file_row(0)])))


@pytest.mark.parametrize(
    ("numbers", "last", "whole"), [([1, 2, 3], 3, True), ([1, 3], 3, False), ([1, 2, 2], 2, False), ([1, 2], 1, False)]
)
def test_numbers_are_neither_doubled_nor_missing(numbers: list[int], last: int, whole: bool) -> None:
    assert (not list(unbroken("code", numbers, last))) == whole


def test_a_scan_that_is_nowhere_is_found_out(tmp_path: Path) -> None:
    journal = Journal(dropped=[ITEM])
    assert list(hot_folder(world(journal, hot=tmp_path))) == [f"{ITEM.name}: no row, and no file"]
    (tmp_path / "da-nhan").mkdir()
    (tmp_path / "da-nhan" / ITEM.name).write_bytes(ITEM.data)
    assert list(hot_folder(world(journal, hot=tmp_path))) == [f"{ITEM.name}: no row"]
    assert not list(hot_folder(world(journal, hot=tmp_path, files=[file_row(0)])))


def test_a_step_that_anybody_may_still_take_is_stuck() -> None:
    step = SimpleNamespace(kind="read", subject="p", due_at=1, state=StepState.READY, error_code="", attempts=1)
    assert list(steps_end(world(Journal(), steps=[step])))


def test_a_seed_gives_the_same_faults_and_a_minute_has_every_kind() -> None:
    minute = schedule(Options(seed=7, seconds=65))
    assert minute == schedule(Options(seed=7, seconds=65))
    assert minute != schedule(Options(seed=8, seconds=65))
    assert {fault.kind for fault in schedule(Options(seed=7, seconds=90))} == set(Kind)


@pytest.mark.parametrize("name", sorted(PLANTS))
def test_a_run_with_a_bug_has_only_the_faults_that_bring_it_to_light(name: str) -> None:
    aim = PLANTS[name].aim
    faults = schedule(Options(seed=2, seconds=MINUTES * 60, planted=name, **aim))
    assert len(faults) >= 2
    assert {fault.kind for fault in faults} == set(aim["deck"])
    assert {fault.how for fault in faults} <= {"", *aim.get("store_moods", ())}


def test_a_bug_is_named_by_its_own_invariant_in_its_own_words() -> None:
    outcome = Outcome(Options(seed=2, planted="ack-before-commit"), ())
    assert PLANTS["ack-before-commit"].named_by in INVARIANTS
    outcome.found = {
        "drained": [Violation("drained", "0 rows")],
        "accepted-once": [Violation("accepted-once", "giay-to.tif of batch b: 2 rows")],
    }
    assert not named(outcome)
    outcome.found["accepted-once"].append(right := Violation("accepted-once", "giay-to.tif of batch b: 0 rows"))
    assert named(outcome) == [right]


@pytest.mark.parametrize(("rows", "told"), [(0, False), (2, True), (3, True), (12, True)])
def test_however_often_a_file_stands_twice_is_told(rows: int, told: bool) -> None:
    outcome = Outcome(Options(seed=2, planted="no-idempotency-key"), ())
    outcome.found = {"accepted-once": [Violation("accepted-once", f"giay-to.tif of batch b: {rows} rows")]}
    assert bool(named(outcome)) == told


def test_a_kill_waits_for_the_next_receipt_and_for_who_gave_it() -> None:
    bell, heard = Bell(), []
    bell.ring(8001)  # one that came before is no news
    waiting = threading.Thread(target=lambda: heard.append(bell.wait(10)))
    waiting.start()
    while waiting.is_alive():
        bell.ring(8002)
    assert heard == [8002]
    assert bell.wait(0.01) == 0


@pytest.fixture
def proxied() -> Iterator[Proxy]:
    class Store(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(BODY)))
            self.end_headers()
            self.wfile.write(BODY)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Store)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    proxy = Proxy(f"http://127.0.0.1:{server.server_port}", seed=1)
    yield proxy
    proxy.close()
    server.shutdown()
    server.server_close()


def got(proxy: Proxy) -> bytes | int | None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=10)
    try:
        connection.request("GET", "/bucket/object")
        answer = connection.getresponse()
        return answer.read() if answer.status == 200 else answer.status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def test_the_proxy_gives_what_the_store_gives_until_it_is_told_otherwise(proxied: Proxy) -> None:
    assert got(proxied) == BODY
    proxied.set_mood("wrong")
    answers = [got(proxied) for _ in range(20)]
    assert {len(cast("bytes", answer)) for answer in answers} == {len(BODY)}
    assert any(answer != BODY for answer in answers)
    proxied.set_mood("cut")
    assert None in [got(proxied) for _ in range(20)]
    proxied.set_mood("errors")
    assert 500 in [got(proxied) for _ in range(20)]
    proxied.set_mood(GOOD)
    assert got(proxied) == BODY
    assert set(proxied.met) <= set(STORE_MOODS)


def log_of(*last: str) -> str:
    lines = (
        "Exception in thread",
        "Thread-2 (loop)",
        ":",
        "Traceback (most recent call last):",
        'File "pool.py", line 210, in loop',
        *last,
    )
    return "".join(f"WARNING celery.redirected: {line}\n" for line in lines)


def test_a_sleep_that_the_faked_clock_breaks_is_no_defect_and_nothing_else_is_passed_over() -> None:
    faked = log_of("time.sleep(SLEEP)", "OSError", ":", "[Errno 22] Invalid argument")
    stepped, ordinary = beginning(stepped=True), beginning(stepped=False)
    assert defects_told(f"{stepped}INFO all is well\n{faked}{faked}") == []
    assert len(defects_told(stepped + faked + log_of("work()", "OSError", ":", "[Errno 22] Invalid argument"))) == 1
    assert len(defects_told(stepped + log_of("work()", "OSError") + faked)) == 1
    frames = 'Traceback:\n  File "pool.py"\n    time.sleep(1)\nOSError: [Errno 22] Invalid argument\n'
    plain = f"Exception in thread Thread-2 (loop):\n{frames}"
    assert defects_told(stepped + plain) == []
    for life in (stepped + ordinary, ordinary, ""):
        assert defects_told(life + faked)


def test_a_wait_for_a_program_sleeps_too_and_a_traceback_cut_by_the_kill_tells_nothing() -> None:
    stepped, ordinary = beginning(stepped=True), beginning(stepped=False)
    lines = inspect.getsourcelines(subprocess)[0]
    sleeping = next(number for number, line in enumerate(lines, 1) if "time.sleep(" in line)
    for place, count in ((sleeping, 0), (sleeping + 1, 1)):
        told = f"ERROR ingest.sandbox: a boxed call failed unexpectedly: OSError at subprocess.py:{place} _wait < x.py:1 x\n"
        assert len(defects_told(stepped + told)) == count
        assert len(defects_told(stepped + told.replace("OSError", "ValueError"))) == 1
        assert len(defects_told(ordinary + told)) == 1
    cut = log_of("self.run()")
    assert defects_told(stepped + cut + ordinary) == []
    assert len(defects_told(stepped + log_of("work()", "KeyError") + ordinary)) == 1
    assert len(defects_told(ordinary + cut + ordinary)) == 1


@pytest.mark.parametrize(("error", "code"), [(ServerMissing("x"), 3), (ServerFailed("x"), 69), (OSError("x"), 70)])
def test_a_harness_that_failed_itself_has_not_found_a_violation(
    monkeypatch: pytest.MonkeyPatch, error: Exception, code: int
) -> None:
    def run(*_: object) -> Outcome:
        raise error

    monkeypatch.setattr(soak, "run", run)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("sys.argv", ["soak", "--seed", "2"])
    assert soak.main() == code
