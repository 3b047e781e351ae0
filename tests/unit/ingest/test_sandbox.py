"""The box: calls end in time, children die without harm, only coded errors leave."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from pebble.pool.base_pool import PoolStatus

from ingest.errors import BoxCrash, BoxMemory, BoxTimeout, CodedError, IngestError, MachineShort
from ingest.options import BoxOptions
from ingest.ports import Box
from ingest.sandbox import InlineBox, ProcessBox
from tests.unit.ingest import boxed, boxed_numbers


@pytest.fixture(scope="module")
def box() -> Iterator[ProcessBox]:
    with ProcessBox(BoxOptions(workers=2, seconds=20, calls_per_child=50, memory_bytes=1024**3)) as made:
        yield made


def gone(pid: int) -> bool:
    """Wait a moment for a killed process to vanish."""
    try:
        psutil.Process(pid).wait(5)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return False
    return True


def test_both_boxes_fulfil_the_port(box: ProcessBox) -> None:
    ports: list[Box] = [box, InlineBox()]
    assert [port.run(boxed.double, 21) for port in ports] == [42, 42]


def test_runs_elsewhere(box: ProcessBox) -> None:
    assert box.run(boxed.pid) != os.getpid()


def test_many_threads_share_it(box: ProcessBox) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda n: box.run(boxed.double, n), range(60))) == [2 * n for n in range(60)]


@pytest.mark.parametrize("inline", [True, False])
def test_coded_errors_pass_through(box: ProcessBox, inline: bool) -> None:
    with pytest.raises(IngestError) as caught:
        (InlineBox() if inline else box).run(boxed.coded)
    assert type(caught.value) is IngestError
    assert caught.value.params == {"page": 3}


@pytest.mark.parametrize("inline", [True, False])
def test_foreign_errors_become_coded(box: ProcessBox, inline: bool) -> None:
    with pytest.raises(BoxCrash) as caught:
        (InlineBox() if inline else box).run(boxed.odd)
    assert caught.value.params == {"reason": "Local"}


def test_memory_is_limited(box: ProcessBox) -> None:
    with pytest.raises(BoxMemory):
        box.run(boxed.eat)
    assert box.run(boxed.double, 1) == 2


@pytest.mark.parametrize(("function", "name"), [(boxed.die, "SIGKILL"), (boxed.segv, "SIGSEGV")])
def test_a_dead_child_harms_nobody(box: ProcessBox, function: object, name: str) -> None:
    with pytest.raises(BoxCrash) as caught:
        box.run(function)  # type: ignore[arg-type]
    assert caught.value.params == {"reason": name}
    assert box.run(boxed.double, 1) == 2


def test_time_is_limited_and_grandchildren_die(box: ProcessBox, tmp_path: Path) -> None:
    told = tmp_path / "pids"
    started = time.monotonic()
    with pytest.raises(BoxTimeout) as caught:
        box.run(boxed.hang_with_grandchild, str(told), seconds=1)
    assert caught.value.params == {"seconds": 1}
    assert time.monotonic() - started < 10
    child, grandchild = map(int, told.read_text().split())
    assert gone(child)
    assert gone(grandchild)


def test_idle_children_killed_from_outside_are_replaced(box: ProcessBox) -> None:
    for _ in range(2):
        psutil.Process(box.run(boxed.pid)).kill()
        assert box.run(boxed.double, 4) == 8


@pytest.mark.skipif(os.cpu_count() == 1, reason="with one core nobody starts a second thread")
def test_children_count_in_one_thread_though_their_libraries_were_loaded_before_they_began() -> None:
    with ProcessBox(BoxOptions(workers=1), preload=("cv2",)) as box:
        assert box.run(boxed_numbers.threads_that_count) == (1, 0)


def test_children_are_replaced() -> None:
    with ProcessBox(BoxOptions(workers=1, calls_per_child=2)) as box:
        assert len({box.run(boxed.pid) for _ in range(6)}) == 3


def test_a_pool_that_broke_is_replaced_and_leaves_no_child() -> None:
    with ProcessBox(BoxOptions(workers=1)) as box:
        first, pool = box.run(boxed.pid), box._pool
        assert pool is not None
        pool._context.status = PoolStatus.ERROR  # as its threads set it when they fail
        assert box.run(boxed.double, 4) == 8
        assert box._pool is not pool
        assert gone(first)


def test_closed_box_refuses_and_leaves_no_child() -> None:
    box = ProcessBox(BoxOptions(workers=1))
    child = box.run(boxed.pid)
    box.close()
    box.close()
    assert gone(child)
    with pytest.raises(CodedError):
        box.run(boxed.pid)


def test_a_child_reaches_no_network_not_even_this_machine(box: ProcessBox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert box.run(boxed.call_out, listening.getsockname()[1]) == "refused, cut off True"


def test_a_child_has_its_limits_and_cannot_raise_them(box: ProcessBox) -> None:
    options = BoxOptions(workers=1, memory_bytes=1024**3, file_bytes=5_000_000, open_files=100)
    with ProcessBox(options) as small:
        assert small.run(boxed.limits) == (1024**3, 1024**3, 5_000_000, 5_000_000, 100, 100, 0, 0)
    assert box.run(boxed.limits)[2] == BoxOptions().file_bytes


def test_a_file_beyond_the_limit_is_not_tried_for_ever(tmp_path: Path) -> None:
    with ProcessBox(BoxOptions(workers=1, file_bytes=1_000_000)) as box:
        box.run(boxed.write, str(tmp_path), 1_000_000)
        with pytest.raises(MachineShort) as caught:
            box.run(boxed.write, str(tmp_path), 1_000_001)
    assert caught.value.retryable
    assert not caught.value.environment


def test_each_child_has_a_folder_of_its_own_and_nothing_stays(tmp_path: Path) -> None:
    with ProcessBox(BoxOptions(workers=1, calls_per_child=1), scratch=str(tmp_path)) as box:
        mine, other = Path(box.run(boxed.temporary, "left")), Path(box.run(boxed.temporary))
        assert mine != other
        assert {mine.parent, other.parent} == {tmp_path}
        with pytest.raises(BoxCrash):
            box.run(boxed.die_leaving)
        assert not any((folder / "something").exists() for folder in tmp_path.iterdir())
    assert not list(tmp_path.iterdir())


def test_a_box_without_a_folder_leaves_nothing_in_the_system_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with ProcessBox(BoxOptions(workers=1)) as box:
        assert Path(box.run(boxed.temporary, "left")).parent.parent == tmp_path
    assert not list(tmp_path.iterdir())


SCRIPT = """
import pathlib, sys, threading
sys.path.insert(0, {root!r})
pathlib.Path({marks!r}).open("a").write("x")
from ingest.options import BoxOptions
from ingest.sandbox import ProcessBox
from tests.unit.ingest import boxed, boxed_numbers
box = ProcessBox(BoxOptions(workers=1))
print(box.run(boxed.pid), flush=True)
threading.Thread(target=box.run, args=(boxed.hang,), daemon=True).start()
{end}
"""


def script(tmp_path: Path, end: str) -> tuple[list[str], Path]:
    """A console script, which unlike `python -m` children would import again."""
    root = str(Path(__file__).parents[3])
    path = tmp_path / "sohoa"
    path.write_text(SCRIPT.format(root=root, marks=str(tmp_path / "marks"), end=end))
    return [sys.executable, str(path)], tmp_path / "marks"


def test_a_console_script_ends_at_once_and_is_not_imported_again(tmp_path: Path) -> None:
    command, marks = script(tmp_path, "")
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    assert gone(int(done.stdout))
    assert marks.read_text() == "x"


def test_children_die_with_a_killed_parent(tmp_path: Path) -> None:
    command, _ = script(tmp_path, "import os; os.kill(os.getpid(), 9)")
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == -9
    assert gone(int(done.stdout))


SHARED = """
import sys
sys.path.insert(0, {root!r})
from ingest.options import BoxOptions
from ingest.sandbox import ProcessBox
from tests.unit.ingest import boxed
kept = ProcessBox(BoxOptions(workers=1), preload=("ingest.separator_codes",))
with ProcessBox(BoxOptions(workers=1)) as box:
    print(box.run(boxed.shared, "ingest.separator_codes"))
"""


def test_boxes_of_one_process_share_what_any_of_them_preloads_and_nobody_looks_for_garbage_there() -> None:
    """Whichever is called first; and extension modules report no leaks when the process that children came from ends."""
    command = [sys.executable, "-c", SHARED.format(root=str(Path(__file__).parents[3]))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == ("(True, True, True)\n", "")
