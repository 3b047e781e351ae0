"""The small parts of the command line: masked settings, the one-process box, doctor, verdicts and their exit codes."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from api.cli import console, language
from api.cli.main import main
from api.cli.one_process import OneProcessBox
from api.cli.outcome import Outcome, PaperLine, RefusedLine
from api.cli.settings import effective, masked
from api.doctor import examination
from api.records.export import folder_name
from api.settings import BadSettings, load
from ingest.addresses import MASK, masked_url
from ingest.errors import BoxCrash, BoxMemory, BoxTimeout, IngestError
from ingest.options import BoxOptions
from storage.model import PaperState


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name in [name for name in os.environ if name.startswith("SOHOA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SOHOA_DATA_DIR", str(tmp_path / "data"))
    language.choose([], {})
    yield
    language.choose([], {})


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:geheim@db:5432/sohoa", f"postgresql://me:{MASK}@db:5432/sohoa"),
        ("postgresql:///sohoa?host=/run/pg&password=geheim", f"postgresql:///sohoa?host=/run/pg&password={MASK}"),
        ("s3://KEY:gehe/im@host:9000/bucket?secure=0", None),
        ("redis://:geheim@host/0", f"redis://:{MASK}@host/0"),
        ("amqp://host//", "amqp://host//"),
    ],
)
def test_no_secret_is_shown(url: str, shown: str | None) -> None:
    assert "gehe" not in masked_url(url)
    if shown is not None:
        assert masked_url(url) == shown
    assert masked("broker_url", url) == masked_url(url)
    assert masked("seal_pin", "1234") == MASK


def test_secrets_in_lists_and_under_names_are_hidden_too(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    urls = [f"https://me:geheim@tsa{number}.example/x?{name}=geheim" for number, name in enumerate(("token", "apikey", "key"))]
    monkeypatch.setenv("SOHOA_TSA__URLS", json.dumps([*urls, "https://geheim@tsa.example/?a=1&access_token=geheim"]))
    monkeypatch.setenv("SOHOA_TRUST__CRL_URLS", json.dumps(urls))
    for arguments in (["settings"], ["settings", "--json"]):
        assert main(arguments) == 0
        out = capsys.readouterr().out
        assert "tsa1.example" in out
        assert "geheim" not in out
    assert masked("outer", {"pin": "1234", "deep": [{"url": "http://a:geheim@b"}]}) == {
        "pin": MASK,
        "deep": [{"url": f"http://a:{MASK}@b"}],
    }


def test_settings_say_where_each_came_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOHOA_INTAKE__MAX_PAGES", "7")
    found = {one.name: one for one in effective(load())}
    assert (found["SOHOA_INTAKE__MAX_PAGES"].value, found["SOHOA_INTAKE__MAX_PAGES"].source) == (7, "environment")
    assert found["SOHOA_INTAKE__MIN_DPI"].source == "default"
    assert all(one.description for one in found.values())


def test_settings_as_json_is_one_document(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOHOA_DATABASE_URL", "postgresql://me:geheim@db/x")
    assert main(["settings", "--json"]) == 0
    out = capsys.readouterr().out
    assert "geheim" not in out
    assert {"name", "value", "source", "description"} == set(json.loads(out)["settings"][0])


def boxed(code: str) -> subprocess.CompletedProcess[str]:
    program = (
        "from api.cli.one_process import OneProcessBox\nfrom ingest.options import BoxOptions\n"
        "with OneProcessBox(BoxOptions(memory_bytes=1_500_000_000, seconds=1)) as box:\n    " + code
    )
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def test_the_one_process_box_keeps_its_limits() -> None:
    assert BoxMemory.__name__ in boxed("box.run(bytearray, 3_000_000_000)").stderr
    assert BoxTimeout.__name__ in boxed("box.run(__import__('time').sleep, 30)").stderr


def test_the_one_process_box_lets_coded_errors_through_and_leaves_no_limit_behind() -> None:

    def refuse() -> None:
        raise IngestError

    before = resource.getrlimit(resource.RLIMIT_AS)
    with OneProcessBox(BoxOptions()) as box:
        assert box.run(int, "7") == 7
        with pytest.raises(IngestError):
            box.run(refuse)
        with pytest.raises(BoxCrash):
            box.run(int, "x")
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def broken_settings():
    raise BadSettings(what="port: x")


def test_doctor_goes_on_when_the_settings_are_wrong() -> None:
    checks = {check.name: check for check in examination.examine(broken_settings)}
    assert checks["settings"].state is examination.State.MISSING
    assert "port" in checks["settings"].vi
    assert checks["python"].state is examination.State.OK


def test_doctor_names_the_package_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "languages", lambda: ("eng", "osd"))
    monkeypatch.setattr(examination.shutil, "which", lambda _: None)
    checks = {check.name: check for check in examination.examine(load)}
    assert checks["tesseract-vie"].state is examination.State.MISSING
    assert "tesseract-ocr-vie" in checks["tesseract-vie"].mend
    assert checks["qpdf"].state is examination.State.WARNING


def test_doctor_makes_nothing(tmp_path: Path) -> None:
    checks = {check.name: check for check in examination.examine(load)}
    assert checks["database"].state is checks["data_dir"].state is examination.State.OK
    assert checks["keys"].state is examination.State.WARNING
    assert not (tmp_path / "data").exists()


def test_doctor_tells_of_a_disk_that_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 1024})()
    monkeypatch.setattr(examination.shutil, "disk_usage", lambda _: usage)
    checks = {check.name: check for check in examination.examine(load)}
    assert checks["data_dir"].state is examination.State.MISSING


def test_doctor_tells_of_a_database_and_broker_that_do_not_answer(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setenv("SOHOA_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("SOHOA_BROKER_URL", "redis://127.0.0.1:1/0")
    assert main(["doctor", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    states = {check["name"]: check["state"] for check in report["checks"]}
    assert report["ok"] is False
    assert (states["database"], states["broker"]) == ("missing", "missing")


def test_columns_line_up_and_leave_the_last_one_alone() -> None:
    assert console.columns([("a", "1", "x  "), ("bbb", "22", "y")]) == ["a    1   x", "bbb  22  y"]
    assert console.columns([]) == []


@pytest.mark.parametrize(("code", "folder"), [("000.1/KQ 7", "000.1_KQ_7"), ("../..", "_"), ("..", "record"), ("", "record")])
def test_a_code_becomes_one_safe_path_part(code: str, folder: str) -> None:
    assert folder_name(code) == f"{folder}-{hashlib.sha256(code.encode()).hexdigest()[:8]}"


def test_codes_that_differ_never_share_a_folder() -> None:
    assert folder_name("A_B-1") == "A_B-1", "a code that is a good name stays as it is"
    assert len({folder_name(code) for code in ("A/B-1", "A_B-1", "A B-1", "A:B-1")}) == 4


def test_side_files_of_a_folder_do_not_make_the_run_a_failure() -> None:
    from api.cli.digitise import exit_code

    done = PaperLine("1", "a.tif", PaperState.DONE, "code", "generic", "", "", 1, 0.9, 1.0, already=False, reason=None)

    def outcome(*papers: PaperLine, expected: bool) -> Outcome:
        line = RefusedLine("x", expected=expected, already=False, reason=None)
        return Outcome(papers=papers, refused=(line,), attention=(), already=(), twins=())

    assert exit_code(outcome(done, expected=False)) == 0
    assert exit_code(outcome(done, expected=True)) == 4
    assert exit_code(outcome(expected=False)) == 4, "nothing was there but what was refused"


def test_a_worker_without_a_broker_says_what_to_do(capsys) -> None:
    assert main(["worker"]) in {1, 69}
    assert "SOHOA_BROKER_URL" in capsys.readouterr().err
