"""The hot folder with real processes: killed at every point, two at once, refused files with their reason, a map of folders."""

from __future__ import annotations

import errno
import hashlib
import itertools
import json
import logging
import multiprocessing
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from api.hot.claims import Claims
from api.hot.errors import HotFolderAway, HotMapWrong
from api.hot.mapping import read
from api.hot.options import HotOptions
from api.hot.watcher import Watcher
from api.intake.receiving import Intake
from api.wiring import Sohoa
from storage.errors import StoreFull
from storage.model import FileRow, FileState, Priority
from tests.world.product import ROOT, sohoa_in
from tests.world.quick_pages import quick_page

pytestmark = pytest.mark.slow

PROCESSES = multiprocessing.get_context("fork")
ALONE = HotOptions(stable_seconds=0, dead_seconds=1e-6)
"""Whoever else left a claim is dead."""
POINTS = ("rename", "replace", "mkdir", "rmdir", "unlink", "write_bytes", "hardlink_to")


@pytest.fixture
def hot(tmp_path: Path) -> Path:
    folder = tmp_path / "hot"
    folder.mkdir()
    return folder


@pytest.fixture
def sohoa(tmp_path: Path) -> Iterator[Sohoa]:
    with sohoa_in(tmp_path / "data") as wired:
        yield wired


def received(sohoa: Sohoa) -> list[FileRow]:
    with sohoa.database.read() as uow:
        return [row for batch in uow.batches.latest(1000) for row in uow.files.of_batch(batch.id)]


def judge(sohoa: Sohoa) -> None:
    """What a worker says of received files: those called `xau` are refused."""
    rows = [row for row in received(sohoa) if row.state is FileState.RECEIVED]
    with sohoa.database.transaction() as uow:
        for row in rows:
            if row.name.startswith("xau"):
                uow.files.refused(row.id, "ingest.type_unknown", {})
            else:
                uow.files.set_state(row.id, FileState.ACCEPTED)


def dying(number: int) -> None:
    """From now on the process kills itself at the n-th change of a file or of the database, before it or after it."""
    count = itertools.count()

    def wrapped(before: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            if next(count) == number:
                os.kill(os.getpid(), signal.SIGKILL)
            made = before(*args, **named)
            if next(count) == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return made

        return call

    for name in POINTS:
        setattr(Path, name, wrapped(getattr(Path, name)))
    for kind, name in ((Intake, "receive"), (Intake, "create_batch")):
        setattr(kind, name, wrapped(getattr(kind, name)))


def watch(sohoa: Sohoa, hot: Path, options: HotOptions, looks: int, number: int = -1) -> None:
    """In a process of its own: so many looks, or fewer."""
    watcher = Watcher(sohoa, hot, options)
    if number >= 0:
        dying(number)
    for _ in range(looks):
        watcher.look()
    os._exit(0)


def put(hot: Path, number: int) -> bytes:
    content = f"scan {number}".encode() * 50
    name = f"{'xau' if number % 4 == 3 else 'tot'} {number}.tif"
    (hot / name).write_bytes(content)
    return content


def test_killed_at_any_point_nothing_is_lost_and_nothing_doubled(sohoa: Sohoa, hot: Path) -> None:
    contents, survived = [], 0
    for number in range(0, 300, 3):  # an odd stride: deaths before and after each change take turns
        contents.append(put(hot, number))
        process = PROCESSES.Process(target=watch, args=(sohoa, hot, ALONE, 1, number))
        process.start()
        process.join(60)
        judge(sohoa)
        survived = survived + 1 if process.exitcode == 0 else 0
        if survived == 2:  # there is no later point to die at
            break
    assert len(contents) > 10
    watcher = Watcher(sohoa, hot, ALONE)
    while watcher.look():
        judge(sohoa)
    watcher.close()
    rows = received(sohoa)
    assert Counter(row.object.sha256 for row in rows) == Counter(hashlib.sha256(one).hexdigest() for one in contents)
    done, refused = sorted((hot / "da-nhan").iterdir()), sorted((hot / "bi-tu-choi").iterdir())
    kept = {one.read_bytes() for one in (*done, *refused) if one.suffix == ".tif"}
    assert kept == set(contents)
    assert all(one.name.startswith("tot") for one in done)
    assert {one.name for one in refused if one.suffix == ".tif"} == {row.name for row in rows if row.name.startswith("xau")}
    assert not [one for one in hot.iterdir() if one.is_file()]
    assert not list((hot / ".sohoa").iterdir())


def test_two_watchers_never_take_the_same_file(sohoa: Sohoa, hot: Path) -> None:
    contents = [put(hot, number) for number in range(12)]
    options = HotOptions(stable_seconds=0, dead_seconds=600)
    both = [PROCESSES.Process(target=watch, args=(sohoa, hot, options, 2)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
        assert process.exitcode == 0
    rows = received(sohoa)
    assert Counter(row.object.sha256 for row in rows) == Counter(hashlib.sha256(one).hexdigest() for one in contents)


def test_a_file_that_grows_is_left_alone(sohoa: Sohoa, hot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=0.0, monotonic=lambda: clock.now)
    monkeypatch.setattr("api.hot.claims.time", clock)
    watcher = Watcher(sohoa, hot, HotOptions(stable_seconds=5, dead_seconds=600))
    put(hot, 0)
    (hot / "dang ghi.part").write_bytes(b"half")
    (hot / ".an").write_bytes(b"hidden")
    (hot / "lien ket.tif").symlink_to(hot / "tot 0.tif")
    for now, coming in ((0.0, 1), (4.0, 1), (6.0, 1), (10.0, 1)):
        if now == 6.0:
            with (hot / "tot 0.tif").open("ab") as out:
                out.write(b"more")
        clock.now = now
        assert (watcher.look(), received(sohoa)) == (coming, [])
    clock.now = 11.0
    assert watcher.look() == 1  # taken in; what it is has not been said yet
    (row,) = received(sohoa)
    assert row.object.size == 50 * len("scan 0") + 4
    judge(sohoa)
    assert watcher.look() == 0
    assert (hot / "da-nhan" / "tot 0.tif").exists()
    assert (hot / "lien ket.tif").is_symlink()


def test_sub_folders_have_their_dossier_unit_and_profile(sohoa: Sohoa, hot: Path, tmp_path: Path) -> None:
    table = tmp_path / "map.toml"
    table.write_text(
        '[profile.luu-tru]\npriority = "bulk"\nhold = true\n'
        '[[folder]]\npath = "mot-cua/*"\ndossier = "@folder"\nunit = "H00.12"\nprofile = "luu-tru"\n'
    )
    good, bad = hot / "mot-cua" / "H55.242-261122-0001", hot / "mot-cua" / "khong phai ma"
    for folder in (good, bad):
        folder.mkdir(parents=True)
        (folder / "tot.tif").write_bytes(folder.name.encode())
    (hot / "rong.pdf").touch()
    watcher = Watcher(sohoa, hot, ALONE.model_copy(update={"map_file": str(table)}))
    while watcher.look():
        judge(sohoa)
    with sohoa.database.read() as uow:
        (batch,) = uow.batches.latest()
    assert (batch.dossier, batch.unit, batch.priority, batch.hold) == ("H55.242-261122-0001", "H00.12", Priority.BULK, True)
    assert (hot / "da-nhan" / "mot-cua" / good.name / "tot.tif").exists()
    reason = (hot / "bi-tu-choi" / "mot-cua" / bad.name / "tot.tif.ly-do.txt").read_text()
    assert "ocr.bad_dossier_code" in reason
    assert "rỗng" in (hot / "bi-tu-choi" / "rong.pdf.ly-do.txt").read_text()
    for wrong in ("[[folder]]\npath = 1", "[[folder]]\nprofile = 'x'", "[[folders]]\n", "path ="):
        table.write_text(wrong)
        with pytest.raises(HotMapWrong):
            read(str(table))


def test_one_file_the_disk_refuses_keeps_no_other_back(sohoa: Sohoa, hot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hashed(path: Path) -> str:
        if path.read_bytes() == b"locked":
            raise PermissionError
        return hashlib.sha256(path.read_bytes()).hexdigest()

    monkeypatch.setattr("api.hot.watcher._hash", hashed)
    for number in range(6):
        (hot / f"khóa {number}.tif").write_bytes(b"locked")
        put(hot, 4 * number)
    watcher = Watcher(sohoa, hot, ALONE)
    for _ in range(2):
        with pytest.raises(HotFolderAway):
            watcher.look()
        judge(sohoa)
    assert len([one for one in (hot / "da-nhan").iterdir() if one.name.startswith("tot")]) == 6


def test_a_full_store_is_told_once_and_not_for_each_file_at_each_look(
    sohoa: Sohoa, hot: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object, **__: object) -> FileRow:
        raise StoreFull

    for number in range(3):
        put(hot, 4 * number)
    watcher = Watcher(sohoa, hot, ALONE)
    with caplog.at_level(logging.INFO, "api.hot.watcher"):
        with monkeypatch.context() as broken:
            broken.setattr(Intake, "receive", full)
            assert [watcher.look() for _ in range(3)] == [3, 3, 3]
        watcher.look()
        with monkeypatch.context() as broken:
            put(hot, 40)
            broken.setattr(Intake, "receive", full)
            watcher.look()
    assert [record.getMessage() for record in caplog.records] == [
        "hot folder: 3 files wait: storage.full",
        "hot folder: no file waits any more: storage.full",
        "hot folder: 1 files wait: storage.full",
    ]


def test_the_longest_names_come_to_their_end(sohoa: Sohoa, hot: Path) -> None:
    longest = ("xau" + "ế" * 82 + ".tif", "tot" + "ế" * 84, "xau." + "ế" * 83)
    for round_ in range(2):
        for name in longest:
            (hot / name).write_bytes(f"{name} {round_}".encode())
        watcher = Watcher(sohoa, hot, ALONE)
        while watcher.look():
            judge(sohoa)
        watcher.close()
    assert len(list((hot / "da-nhan").iterdir())) == 2
    refused = list((hot / "bi-tu-choi").iterdir())
    assert (len(refused), len([one for one in refused if one.name.endswith(".ly-do.txt")])) == (8, 4)


def test_the_command_digitises_what_lies_there(hot: Path, tmp_path: Path) -> None:
    quick_page(1).resize((240, 330)).save(hot / "chồng.tif", compression="group4", dpi=(60, 60))
    (hot / "hỏng.pdf").write_bytes(b"%PDF-1.7 this is no document")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SOHOA_")}
    environment |= {"SOHOA_DATA_DIR": str(tmp_path / "data"), "SOHOA_HOT__STABLE_SECONDS": "0", "SOHOA_BOX__WORKERS": "1"}
    command = [sys.executable, "-m", "api.cli.main", "watch", str(hot), "--once", "--json"]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    files = {one["name"]: one for one in json.loads(done.stdout)["files"]}
    assert (done.returncode, files["chồng.tif"]["refused"], files["hỏng.pdf"]["refused"]) == (4, False, True), done.stderr
    assert (hot / "bi-tu-choi" / "hỏng.pdf").exists()


@pytest.mark.parametrize("links", [True, False], ids=["hard-links", "a-share-without"])
def test_two_files_of_one_name_that_finish_together_are_both_kept(
    sohoa: Sohoa, hot: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    del sohoa
    one, two = Claims(hot, ALONE), Claims(hot, ALONE)
    taken = []
    for number, claims in enumerate((one, two)):
        claims.live()
        (hot / "xau.tif").write_bytes(f"scan {number}".encode())
        claim = claims.take(hot / "xau.tif", "b")
        assert claim is not None
        taken.append(claim)
    real = Path.hardlink_to

    def link(self: Path, target: Path) -> None:
        if target == taken[0].file:  # the other one is faster at this very moment
            two.finish(taken[1], "bi-tu-choi", "lý do hai")
        if not links:
            raise OSError(errno.ENOTSUP, "no links here")
        real(self, target)

    monkeypatch.setattr(Path, "hardlink_to", link)
    one.finish(taken[0], "bi-tu-choi", "lý do một")
    told = {path.name: path.read_text().splitlines()[-1] for path in (hot / "bi-tu-choi").iterdir()}
    assert told == {
        "xau.tif": "scan 1", "xau.tif.ly-do.txt": "lý do hai",
        "xau (2).tif": "scan 0", "xau (2).tif.ly-do.txt": "lý do một",
    }  # fmt: skip
