"""The command line on the real thing: a folder goes in; records are found, shown, exported, verified; nothing is doubled."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.cli.exit_codes import ExitCode
from api.cli.main import main
from tests.world.quick_pages import quick_page, quick_pages

pytestmark = pytest.mark.slow

DOSSIER = "H61.001.01-261123-0001"


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    def json(self) -> dict:
        return json.loads(self.out)


def sohoa(*arguments: str | Path) -> Ran:
    """The command in this process: the real one, without paying for a new interpreter each time."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    return Ran(code, out.getvalue(), err.getvalue())


def environment(data_dir: Path) -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("SOHOA_")}
    return clean | {"SOHOA_DATA_DIR": str(data_dir), "SOHOA_BOX__WORKERS": "2", "SOHOA_PIPELINE__SWEEP_SECONDS": "0.5"}


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("cli") / "data"
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment(folder))
    yield folder
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One good page, two bad files, a side file, and junk."""
    root = tmp_path_factory.mktemp("in")
    (root / "sub").mkdir()
    quick_pages(root / "sub" / "good.tif", count=1)
    (root / "cut.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<<")
    (root / "empty.pdf").write_bytes(b"")
    (root / "truth.json").write_text('{"lines": []}')
    (root / "Thumbs.db").write_bytes(b"x")
    return root


@pytest.fixture(scope="module")
def first(data_dir: Path, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Path]:
    out = tmp_path_factory.mktemp("out")
    return sohoa("digitise", folder, "--auto", "--json", "--dossier", DOSSIER, "--out", out), out


@pytest.fixture(scope="module")
def code(first: tuple[Ran, Path]) -> str:
    return first[0].json()["papers"][0]["code"]


def test_the_good_page_is_done_and_every_other_file_has_its_reason(first: tuple[Ran, Path]) -> None:
    ran, _ = first
    assert ran.code == ExitCode.REFUSED, ran.err
    report = ran.json()
    [paper] = report["papers"]
    assert (paper["state"], paper["pages"], paper["already"]) == ("done", 1, False)
    assert paper["code"]
    assert 0.5 < paper["confidence"] <= 1
    refused = {Path(line["file"]).name: line for line in report["refused"]}
    assert set(refused) == {"cut.pdf", "empty.pdf", "truth.json"}
    assert all(line["reason"]["code"] and line["reason"]["message"] for line in refused.values())
    assert [refused[name]["expected"] for name in ("cut.pdf", "empty.pdf", "truth.json")] == [True, True, False]
    assert [Path(line["file"]).name for line in report["skipped"]] == ["Thumbs.db"]
    figures = report["summary"]
    assert (figures["papers"], figures["pages"], figures["refused"], figures["attention"]) == (1, 1, 3, 0)
    assert figures["pages_per_minute"] > 0
    waiting = sohoa("attention", "--json").json()
    assert waiting["attention"] == []
    received = {"cut.pdf", "truth.json"}  # an empty file is refused before it is received
    assert {file["name"] for file in waiting["refused"]} == received
    assert all(name in sohoa("attention").out for name in received)


def test_the_same_command_again_doubles_nothing_and_says_so(first: tuple[Ran, Path], code: str, folder: Path) -> None:
    again = sohoa("digitise", folder, "--auto", "--json", "--dossier", DOSSIER).json()
    assert [(paper["code"], paper["already"]) for paper in again["papers"]] == [(code, True)]
    assert (again["summary"]["papers"], again["summary"]["done"]) == (0, 0)
    assert {Path(line["file"]).name for line in again["already"]} == {"good.tif"}
    tried_again = {Path(line["file"]).name: line["already"] for line in again["refused"]}
    assert tried_again == dict.fromkeys(("cut.pdf", "empty.pdf", "truth.json"), False), "a refused file is no double"
    assert sohoa("search", "quyet", "dinh", "--json").json()["total"] == 1
    told = sohoa("digitise", folder / "sub", "--auto", "--dossier", DOSSIER)
    assert told.code == ExitCode.OK
    assert "không nhận lại" in told.err
    assert code in told.out


@pytest.mark.parametrize("words", ["quyết định", "quyet dinh", "QUYET DINH", "uy ban nhan dan"])
def test_words_find_the_record_with_and_without_diacritics(code: str, words: str) -> None:
    found = sohoa("search", *words.split(), "--json").json()
    assert [hit["record"]["code"] for hit in found["hits"]] == [code]
    shown = sohoa("search", *words.split())
    assert shown.code == ExitCode.OK
    assert code in shown.out


def test_searching_for_what_is_not_there_is_no_failure(code: str) -> None:
    ran = sohoa("search", "khongcotunay")
    assert (ran.code, ran.out) == (ExitCode.OK, "")
    assert sohoa("search", "quyet", "--dossier", "H61.001.01-261123-0009", "--json").json()["total"] == 0


def test_show_tells_fields_decisions_seals_and_journal(code: str) -> None:
    whole = sohoa("show", code, "--json", "--purpose", DOSSIER).json()
    assert whole["record"]["code"] == code
    assert whole["record"]["dossier"] == DOSSIER
    assert {one["kind"] for one in whole["decisions"]} <= {"automatic", "empty"}
    assert whole["decisions"]
    assert whole["seals"][0]["level"]
    events = [entry["event"] for entry in whole["journal"]]
    assert {"file.received", "page.read", "paper.sealed", "fields.decided_automatically", "record.stored"} <= set(events)
    again = sohoa("show", code, "--json").json()
    viewed = [entry for entry in again["journal"] if entry["event"] == "record.viewed"]
    assert viewed[0]["details"]["purpose"] == DOSSIER
    told = sohoa("show", code).out
    assert code in told
    assert "Lưu kết quả số hóa" in told, "events and states in the words of the pages, not by their names"
    assert not re.search(r"record\.stored|in_force|automatic", told)


def test_export_proves_each_file_and_doing_it_again_changes_nothing(first: tuple[Ran, Path], code: str, folder: Path) -> None:
    ran = sohoa("export", code, "--out", first[1], "--json")
    target = Path(ran.json()["folder"])
    assert target == Path(first[0].json()["papers"][0]["exported_to"])
    manifest = json.loads((target / "manifest.json").read_text())
    files = {entry["role"]: entry for entry in manifest["files"]}
    for entry in files.values():
        assert hashlib.sha256((target / entry["name"]).read_bytes()).hexdigest() == entry["sha256"]
    assert (target / files["original"]["name"]).read_bytes() == (folder / "sub" / "good.tif").read_bytes()
    assert {path.name for path in target.iterdir()} == {entry["name"] for entry in files.values()} | {"manifest.json"}
    evidence = json.loads((target / files["evidence"]["name"]).read_text())
    assert evidence["pages"][0]["text"]["lines"]


def test_an_unwritable_target_is_said_plainly(code: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = sohoa("export", code, "--out", tmp_path / "file")
    assert ran.code == ExitCode.FAILED
    assert "api.export_unwritable" in ran.err


def sealed_copy(first: tuple[Ran, Path]) -> Path:
    return Path(first[0].json()["papers"][0]["exported_to"]) / "sealed.pdf"


def test_the_exported_copy_is_valid_under_the_demo_root_and_says_so_loudly(first: tuple[Ran, Path]) -> None:
    ran = sohoa("verify", sealed_copy(first))
    assert ran.code == ExitCode.OK, ran.out + ran.err
    assert ran.out.startswith("Hợp lệ")
    assert "TOTAL-PASSED" in ran.out
    assert "KHÔNG CÓ GIÁ TRỊ PHÁP LÝ" in ran.err
    assert sohoa("--lang", "en", "verify", sealed_copy(first)).out.startswith("Valid")


def test_one_flipped_byte_is_not_valid(first: tuple[Ran, Path], tmp_path: Path) -> None:
    data = bytearray(sealed_copy(first).read_bytes())
    place = data.find(b"stream\n") + 40
    data[place] ^= 1
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(data)
    ran = sohoa("verify", changed, sealed_copy(first), "--json")
    assert ran.code == ExitCode.FAILED
    assert [file["indication"] for file in ran.json()["files"]] == ["TOTAL-FAILED", "TOTAL-PASSED"]


def test_without_a_root_nothing_is_concluded(first: tuple[Ran, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOHOA_DATA_DIR", str(tmp_path / "nothing"))
    ran = sohoa("verify", sealed_copy(first), "--json")
    assert ran.code == ExitCode.INDETERMINATE
    assert ran.json()["trust"] == {"demo": False, "sources": [], "roots_sha256": []}
    assert not (tmp_path / "nothing").exists()


def test_trust_can_be_named(first: tuple[Ran, Path], data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOHOA_DATA_DIR", str(tmp_path / "nothing"))
    trust = data_dir / "demo-pki" / "trust"
    named = [part for path in sorted(trust.iterdir()) if not path.name.startswith(".") for part in ("--trust", path)]
    assert sohoa("verify", sealed_copy(first), *named).code == ExitCode.OK
    assert sohoa("verify", sealed_copy(first), "--trust", trust).code == ExitCode.OK
    assert sohoa("verify", sealed_copy(first), "--trust", tmp_path / "no.pem").code == ExitCode.REFUSED


def test_missing_files_are_said_and_the_others_done(first: tuple[Ran, Path], tmp_path: Path) -> None:
    ran = sohoa("verify", tmp_path / "no.pdf", sealed_copy(first))
    assert ran.code == ExitCode.REFUSED
    assert "cli.path_missing" in ran.err
    assert "Hợp lệ" in ran.out
    ran = sohoa("digitise", tmp_path / "no.pdf")
    assert ran.code == ExitCode.REFUSED
    assert "no.pdf" in ran.err
    assert sohoa("digitise", tmp_path).code == ExitCode.REFUSED
    assert sohoa("show", "KHONG-CO").code == ExitCode.NOT_FOUND


def test_a_wrong_dossier_code_begins_nothing(data_dir: Path, folder: Path) -> None:
    ran = sohoa("digitise", folder, "--dossier", "abc")
    assert ran.code not in {ExitCode.OK, ExitCode.SOFTWARE}
    assert "ocr." in ran.err


def test_without_auto_papers_wait_and_the_summary_says_how_to_go_on(data_dir: Path, tmp_path: Path) -> None:
    quick_page(77).save(tmp_path / "wait.png", dpi=(200, 200))
    shutil.copy(tmp_path / "wait.png", tmp_path / "twin.png")
    ran = sohoa("digitise", tmp_path)
    assert ran.code == ExitCode.OK, ran.err
    assert "chờ xác nhận" in ran.out
    assert "sohoa run" in ran.err
    assert "Trùng nội dung" in ran.err
    again = sohoa("digitise", tmp_path, "--json").json()
    assert [(paper["state"], paper["already"]) for paper in again["papers"]] == [("review", True)] * 2


def test_the_ledger_is_whole_until_somebody_edits_it(code: str) -> None:
    ran = sohoa("ledger", "verify", "--json")
    assert ran.code == ExitCode.OK
    assert ran.json()["entries"] > 10


def test_doctor_finds_a_working_machine(code: str) -> None:
    ran = sohoa("doctor", "--json")
    assert ran.code == ExitCode.OK, ran.out
    states = {check["name"]: check["state"] for check in ran.json()["checks"]}
    assert {states[name] for name in ("python", "tesseract", "tesseract-vie", "database", "objects", "settings")} == {"ok"}
    assert states["keys"] == "warning"


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "api.cli.main", *map(str, arguments)]


def test_read_prints_text_and_json_without_a_database(tmp_path: Path, folder: Path) -> None:
    page = folder / "sub" / "good.tif"
    env = environment(tmp_path / "data")
    ran = subprocess.run(command("read", page), capture_output=True, env=env, check=True)
    assert "Quyết định số 1" in ran.stdout.decode()
    assert "leaked" not in ran.stderr.decode(), "what extension modules say of themselves is not for users"
    ran = subprocess.run(command("read", page, tmp_path / "no.png", "--json"), capture_output=True, env=env, check=False)
    assert ran.returncode == ExitCode.REFUSED
    good, missing = json.loads(ran.stdout)["files"]
    assert missing["error"]["code"] == "cli.path_missing"
    [paper] = good["papers"]
    assert {"paper_type", "name", "confidence"} == set(paper["classification"])
    [shown] = paper["pages"]
    assert {"turn_deg", "skew_deg", "dpi", "codes", "lines", "source", "engine", "confidence"} <= set(shown)
    word = shown["lines"][0]["words"][0]
    assert word["text"] == "Quyết"
    assert 0 <= word["box"][0] < word["box"][2] <= shown["width_px"]
    assert 0.3 < word["confidence"] <= 1
    assert isinstance(paper["fields"], list)
    assert not (tmp_path / "data").exists()


def test_run_serves_signs_in_and_ends_cleanly_on_sigterm(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as err:
        process = subprocess.Popen(
            command("run", "--port", "0", "--json"), stdout=subprocess.PIPE, stderr=err, env=environment(tmp_path / "data")
        )
        try:
            told = json.loads(process.stdout.readline())
            with urllib.request.urlopen(f"{told['address']}/health", timeout=30) as answer:
                assert answer.status == 200
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            for role in ("clerk", "officer", "auditor", "admin"):
                with opener.open(told["sign_in"][role], timeout=30) as answer:
                    assert answer.status == 200
                    assert "token=" not in answer.url
                    assert "/sign-in" not in answer.url
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == ExitCode.OK, log.read_text()
        finally:
            process.kill()
            process.stdout.close()
            process.wait(timeout=20)
    told = log.read_text()
    assert "KHÔNG CÓ GIÁ TRỊ PHÁP LÝ" in told
    assert "Traceback" not in told


def test_a_taken_port_is_said_plainly(tmp_path: Path) -> None:
    with contextlib.closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = subprocess.run(command("serve", "--port", port), capture_output=True, env=environment(tmp_path), check=False)
    assert ran.returncode == ExitCode.FAILED
    assert re.search(rf"127\.0\.0\.1:{port}.*cli\.port_taken", ran.stderr.decode())


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    env = environment(tmp_path / "data")
    pages = quick_pages(tmp_path / "many.tif", count=3)
    process = subprocess.Popen(
        command("digitise", pages, "--auto", "--json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env
    )
    database = tmp_path / "data" / "sohoa.db"
    deadline = time.monotonic() + 60
    while not _received(database) and process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=90)
    assert process.returncode in {ExitCode.INTERRUPTED, ExitCode.OK}, err
    assert b"Traceback" not in err
    ran = subprocess.run(command("digitise", pages, "--auto", "--json"), capture_output=True, env=env, check=False)
    assert ran.returncode == ExitCode.OK, ran.stderr
    report = json.loads(ran.stdout)
    assert [(paper["state"], paper["pages"], paper["already"]) for paper in report["papers"]] == [("done", 3, True)]


def _received(database: Path) -> bool:
    if not database.exists():
        return False
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            return connection.execute("SELECT count(*) FROM files").fetchone()[0] > 0
        except sqlite3.OperationalError:
            return False
