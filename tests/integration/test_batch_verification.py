"""Hundreds of files in one run: killed in the middle it goes on where it was, and no file stops it."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import psutil
import pytest

from api.cli.exit_codes import ExitCode
from signing import demo_pki
from signing.demo_pki import DemoPki
from signing.model import Role, SealKind, SealRequest
from signing.seal import seal
from signing.trust import TrustStore
from signing.verify import verify
from tests.world.verapdf import validate

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
MIB = 1024**2
COPIES = 12
KINDS = {"good": 0, "altered": 1, "unsigned": 3, "cut": 1}
"""Each kind of file with the exit code it deserves alone."""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> DemoPki:
    """In a data folder, so that the command line trusts and signs with it."""
    return demo_pki.ensure(tmp_path_factory.mktemp("batch") / "data" / "demo-pki")


@pytest.fixture(scope="module")
def kinds(pki: DemoPki, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("kinds")
    plain, good = folder / "plain.pdf", folder / "good.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(plain)
    request = SealRequest(SealKind.DIGITISED_COPY, Role.PERSONAL, "Clerk")
    seal(plain, good, request, pki.clerk(), pki.trust(), pki.timestamper())
    data = good.read_bytes()
    altered = bytearray(data)
    altered[data.index(b"MediaBox") + 12] ^= 1
    return {"good": data, "altered": bytes(altered), "unsigned": plain.read_bytes(), "cut": data[: len(data) // 3]}


@pytest.fixture
def folder(kinds: dict[str, bytes], tmp_path: Path) -> Path:
    """Tiny files of every kind in two folders, with what lies about in folders of scans."""
    root = tmp_path / "hồ sơ"
    for number in range(COPIES):
        (root / f"{number % 2}").mkdir(parents=True, exist_ok=True)
        for name, data in kinds.items():
            (root / f"{number % 2}" / f"{name} {number:03}.pdf").write_bytes(data)
    (root / "=1+1.PDF").write_bytes(kinds["altered"])
    (root / "notes.docx").write_bytes(b"x")
    os.mkfifo(root / "pipe.pdf")
    return root


def environment(pki: DemoPki, **more: str) -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("SOHOA_")}
    return clean | {"SOHOA_DATA_DIR": str(pki.folder.parent), "SOHOA_BOX__WORKERS": "2"} | more


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "api.cli.main", "verify", *map(str, arguments)]


def sohoa(pki: DemoPki, *arguments: str | Path, **more: str) -> Ran:
    done = subprocess.run(
        command(*arguments), cwd=ROOT, env=environment(pki, **more), capture_output=True, text=True, check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def rows(out: Path) -> list[dict[str, str]]:
    with (out / "results.csv").open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def lines(out: Path) -> int:
    journal = out / "results.jsonl"
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


@pytest.fixture
def running(pki: DemoPki, folder: Path, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command(folder, "--batch", tmp_path / "out"), cwd=ROOT, env=environment(pki), stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_killed_in_the_middle_it_goes_on_and_says_the_same(
    running: subprocess.Popen[bytes], pki: DemoPki, folder: Path, tmp_path: Path
) -> None:
    out, total = tmp_path / "out", 4 * COPIES + 1
    children: list[psutil.Process] = []
    heaviest = 0
    while lines(out) < total // 3:
        assert running.poll() is None, "it ended before it could be killed"
        me = psutil.Process(running.pid)
        heaviest = max(heaviest, me.memory_info().rss)
        children = me.children(recursive=True)
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(timeout=0.05)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    _, alive = psutil.wait_procs(children, timeout=20)
    assert not alive, "children outlive their parent"
    assert heaviest < 250 * MIB
    kept = lines(out)
    with (out / "results.jsonl").open("ab") as journal:
        journal.write(b'{"key": "cut off in the midd')

    again = sohoa(pki, folder, "--batch", out, "--json")
    assert again.code == ExitCode.FAILED, again.err
    summary = json.loads(again.out)
    assert summary["files"] == total
    assert kept <= summary["taken_over"] < total
    assert (summary["passed"], summary["indeterminate"], summary["failed"], summary["errors"]) == (
        COPIES, COPIES, 2 * COPIES + 1, 0,
    )  # fmt: skip
    assert summary["passed_over"] == {".docx": 1, "special": 1}

    table = rows(out)
    assert Counter(row["ETSI"] for row in table) == {
        "TOTAL-FAILED": 2 * COPIES + 1, "INDETERMINATE": COPIES, "TOTAL-PASSED": COPIES,
    }  # fmt: skip
    order = [row["ETSI"] for row in table]
    assert order == sorted(order, key=["TOTAL-FAILED", "INDETERMINATE", "TOTAL-PASSED"].index), "failures come first"
    assert len({row["Tệp"] for row in table}) == total
    assert "'=1+1.PDF" in {row["Tệp"] for row in table}
    assert (out / "results.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert validate([out / "summary.pdf"]) == {str(out / "summary.pdf"): []}

    fresh = sohoa(pki, folder, "--batch", tmp_path / "fresh", "--json")
    same = ("Tệp", "Kết luận", "Mã chi tiết", "SHA-256", "Lý do")
    assert [[row[name] for name in same] for row in rows(tmp_path / "fresh")] == [[row[name] for name in same] for row in table]
    assert json.loads(fresh.out)["taken_over"] == 0


def test_what_changed_or_vanished_is_judged_anew(kinds: dict[str, bytes], pki: DemoPki, tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    root.mkdir()
    for name in ("a", "b", "c"):
        (root / f"{name}.pdf").write_bytes(kinds["good"])
    assert sohoa(pki, root, "--batch", out).code == ExitCode.OK
    # the same size and the same times, other bytes: only the hash can tell
    old = (root / "a.pdf").stat()
    (root / "a.pdf").write_bytes(kinds["altered"])
    os.utime(root / "a.pdf", ns=(old.st_atime_ns, old.st_mtime_ns))
    (root / "c.pdf").unlink()
    second = sohoa(pki, root, "--batch", out, "--json")
    assert second.code == ExitCode.FAILED
    summary = json.loads(second.out)
    assert (summary["files"], summary["taken_over"], summary["failed"]) == (2, 1, 1)
    assert [(row["Tệp"], row["ETSI"]) for row in rows(out)] == [("a.pdf", "TOTAL-FAILED"), ("b.pdf", "TOTAL-PASSED")]
    # another trust: nothing may be taken over
    (tmp_path / "nobody").mkdir()
    third = sohoa(pki, root, "--batch", out, "--json", "--trust", tmp_path / "nobody")
    assert json.loads(third.out)["taken_over"] == 0
    assert json.loads(third.out)["indeterminate"] == 1


def test_a_huge_file_and_an_unreadable_one_are_lines_like_others(kinds: dict[str, bytes], pki: DemoPki, tmp_path: Path) -> None:
    root, out = tmp_path / "in", tmp_path / "out"
    root.mkdir()
    (root / "good.pdf").write_bytes(kinds["good"])
    with (root / "huge.pdf").open("wb") as handle:
        handle.write(b"%PDF-1.7\n")
        handle.truncate(200 * 1024**3)
    (root / "lost.pdf").symlink_to(tmp_path / "nowhere")
    done = sohoa(pki, root, "--batch", out, "--json", SOHOA_BOX__SECONDS="4")
    assert done.code == ExitCode.REFUSED, done.err
    summary = json.loads(done.out)
    assert (summary["passed"], summary["errors"]) == (1, 2)
    codes = {row["Tệp"]: row["Mã chi tiết"] for row in rows(out)}
    assert codes == {"huge.pdf": "ingest.box_timeout", "lost.pdf": "ingest.file_unreadable", "good.pdf": ""}


def test_two_runs_never_write_into_one_folder(kinds: dict[str, bytes], pki: DemoPki, tmp_path: Path) -> None:
    from api.audit.journal import Journal

    root, out = tmp_path / "in", tmp_path / "out"
    root.mkdir()
    (root / "good.pdf").write_bytes(kinds["good"])
    with Journal(out, "x"):
        refused = sohoa(pki, root, "--batch", out)
    assert refused.code != ExitCode.OK
    assert "api.audit_running" in refused.err
    shutil.rmtree(out)
    out.mkdir()
    (out / "results.jsonl").write_text("not ours\n")
    assert "api.audit_folder_unusable" in sohoa(pki, root, "--batch", out).err
    assert (out / "results.jsonl").read_text() == "not ours\n"


@pytest.mark.parametrize("kind", ["good", "altered"])
def test_one_file_ends_with_its_code_and_a_sealed_report(
    kind: str, kinds: dict[str, bytes], pki: DemoPki, tmp_path: Path
) -> None:
    path, report = tmp_path / "giấy.pdf", tmp_path / "báo cáo.pdf"
    path.write_bytes(kinds[kind])
    done = sohoa(pki, path, "--report", report, "--seal", "agency")
    assert done.code == KINDS[kind], done.err
    verdict = verify(report, pki.trust())
    assert (verdict.indication.value, verdict.profile) == ("TOTAL-PASSED", "agency")
    assert verdict.signatures[0].role is Role.AGENCY
    assert validate([report]) == {str(report): []}
    assert verify(report, TrustStore()).indication.value == "INDETERMINATE"
