"""How the command line speaks: two languages, plain errors, documented exit codes, no noise of its libraries."""

from __future__ import annotations

import gc
import json
import os
import re
import subprocess
import sys

import pytest

from api.cli import failing, language
from api.cli.exit_codes import ExitCode, worst
from api.cli.main import main
from api.cli.registry import COMMANDS
from ingest.errors import IngestError, NextStep
from storage.errors import NotFound, StoreFull, StoreUnavailable

HEAVY = ("sqlalchemy", "alembic", "celery", "fastapi", "uvicorn", "pyhanko", "minio", "rich", "jinja2")


@pytest.fixture(autouse=True)
def vietnamese():
    language.choose([], {})
    yield
    language.choose([], {})


@pytest.fixture
def lone_environment(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    for name in [name for name in os.environ if name.startswith("SOHOA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SOHOA_DATA_DIR", str(tmp_path / "data"))


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_is_wholly_in_the_language_asked_for(name: str, capsys) -> None:
    code, vi, _ = said(capsys, *name.split(), "--help")
    assert code == ExitCode.OK
    assert "Cách dùng: sohoa" in vi
    assert not re.search(r"Usage|Options|Arguments:|Commands:|\[OPTIONS\]|required|default:|Show this message", vi)
    code, en, _ = said(capsys, "--lang", "en", *name.split(), "--help")
    assert code == ExitCode.OK
    assert "Usage: sohoa" in en
    assert not set("ạảấậầẩẫắằặẵẻẽếềểễệịỉọỏốồổộớờởợụủứừửữựỳỵỷỹđ") & set(en)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_json_and_lang(name: str, capsys) -> None:
    groups = {"fixity": "status"} | {
        "account": "list",
        "unit": "list",
        "token": "list",
        "ledger": "verify",
        "certify": "list",
        "register": "list",
        "jobs": "list",
        "retention": "hold",
        "dispose": "approve",
        "reuse": "test",
        "trust": "list",
        "lexicon": "rebuild",
    }
    parts = [name, groups[name]] if name in groups else [name]
    _, out, _ = said(capsys, *parts, "--help")
    assert "--json" in out
    assert "--lang" in out


def test_language_comes_from_the_option_then_the_environment_then_is_vietnamese() -> None:
    assert language.choose(["search"], {}) == "vi"
    assert language.choose(["search"], {"SOHOA_LANG": "en"}) == "en"
    assert language.choose(["search", "--lang", "vi"], {"SOHOA_LANG": "en"}) == "vi"
    assert language.choose(["--lang=en"], {}) == "en"
    assert language.choose(["search", "--", "--lang", "en"], {}) == "vi"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["serch"], "Có phải là search"),
        (["search", "--ownr", "1"], "--owner"),
        (["export", "X"], "thiếu '--out'"),
        (["digitise"], "thiếu 'PATH'"),
        (["read", "x.png", "--text", "--json"], "không cả hai"),
        (["search", "--from", "hôm qua"], "--from"),
        (["--lang", "fr", "search"], "--lang"),
        (["attention", "give-up", "x"], "thiếu '--reason'"),
    ],
)
def test_wrong_use_is_two_with_a_sentence_and_no_traceback(arguments: list[str], words: str, capsys) -> None:
    code, out, err = said(capsys, *arguments)
    assert code == ExitCode.USAGE
    assert out == "" or "--json" in arguments
    assert words in err
    assert "--help" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_exit_code_is_in_the_help(lang: str, capsys) -> None:
    _, out, _ = said(capsys, "--lang", lang, "--help")
    table = " ".join(out.split(":", 1)[1].split("xit codes" if lang == "en" else "Mã thoát")[1].split())
    listed = {int(number) for number in re.findall(r"[:;] (\d+) ", table)}
    assert listed == {int(code) for code in ExitCode}


def test_no_command_shows_the_list(capsys) -> None:
    code, _, err = said(capsys)
    assert code == ExitCode.USAGE
    assert "digitise" in err


@pytest.mark.usefixtures("lone_environment")
def test_wrong_use_with_json_is_json_too(capsys) -> None:
    code, out, _ = said(capsys, "search", "--nothing", "--json")
    assert code == ExitCode.USAGE
    assert json.loads(out)["error"]["code"] == "cli.usage"


@pytest.mark.usefixtures("lone_environment")
def test_wrong_settings_have_their_own_code(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOHOA_PROT", "1")
    code, _, err = said(capsys, "settings")
    assert code == ExitCode.CONFIG
    assert "SOHOA_PROT" in err
    assert "api.bad_settings" in err


@pytest.mark.usefixtures("lone_environment")
def test_a_defect_names_the_log_and_hides_the_traceback(capsys, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(failing.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr("api.cli.settings.load", lambda: 1 / 0)
    code, _, err = said(capsys, "settings")
    assert code == ExitCode.SOFTWARE
    assert "Traceback" not in err
    log = next(tmp_path.glob("sohoa-*.log"))
    assert str(log) in err
    assert "ZeroDivisionError" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_errors_end_with_their_exit_code_next_step_and_code(capsys) -> None:
    assert failing.explain(NotFound(what="hồ sơ", key="X"), machine=False) is ExitCode.NOT_FOUND
    assert failing.explain(StoreUnavailable(what="db"), machine=False) is ExitCode.UNAVAILABLE
    assert failing.explain(StoreFull(), machine=False) is ExitCode.UNAVAILABLE
    assert failing.explain(IngestError(), machine=True) is ExitCode.REFUSED
    captured = capsys.readouterr()
    assert "[storage.not_found]" in captured.err
    assert "sohoa doctor" in captured.err
    assert json.loads(captured.out)["error"]["next_step"] == NextStep.REPLACE


def test_an_interrupt_says_that_nothing_is_lost(capsys) -> None:
    assert failing.explain(KeyboardInterrupt(), machine=False) is ExitCode.INTERRUPTED
    assert "Chạy lại" in capsys.readouterr().err


def test_the_worst_code_stands_for_several_files() -> None:
    assert worst([]) is ExitCode.OK
    assert worst([ExitCode.OK, ExitCode.INDETERMINATE]) is ExitCode.INDETERMINATE
    assert worst([ExitCode.INDETERMINATE, ExitCode.REFUSED]) is ExitCode.REFUSED
    assert worst([ExitCode.REFUSED, ExitCode.FAILED, ExitCode.OK]) is ExitCode.FAILED


def loaded_after(code: str) -> set[str]:
    program = f"import sys\n{code}\nprint(' '.join(name.split('.')[0] for name in sys.modules), file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(ran.stderr.split())


def test_help_imports_no_command() -> None:
    assert not loaded_after("from api.cli.main import main\nmain(['--help'])") & {*HEAVY, "pydantic", "cv2", "numpy"}


def test_reading_never_imports_database_queue_or_web() -> None:
    assert not loaded_after("import api.cli.main, api.cli.read") & set(HEAVY)


ENGINES = ("cv2", "numpy", "pypdfium2", "pikepdf", "pdfplumber", "fpdf", "tesserocr", "pytesseract", "minio", "pkcs11", "alembic")
"""What only children use, or only some installations: 1.6 of the 3 CPU seconds that a start once took."""


@pytest.mark.parametrize("name", ["digitise", "watch", "search", "attention", "certify", "worker", "serve", "doctor"])
def test_a_command_loads_no_engine_that_it_only_sends_work_to(name: str) -> None:
    assert not loaded_after(f"import api.cli.main, api.cli.{name}") & set(ENGINES)


def test_the_command_line_never_imports_the_web_framework_itself() -> None:
    assert "fastapi" not in loaded_after("import api.cli.digitise, api.cli.search, api.cli.show, api.cli.doctor, api.cli.worker")


@pytest.mark.usefixtures("lone_environment")
@pytest.mark.parametrize("lang", ["C", "POSIX"])
def test_vietnamese_survives_any_locale(lang: str) -> None:
    env = {"PATH": os.environ["PATH"], "LC_ALL": lang, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    ran = subprocess.run([sys.executable, "-m", "api.cli.main", "--help"], capture_output=True, env=env, check=True)
    assert "Số hóa" in ran.stdout.decode("utf-8")


@pytest.mark.usefixtures("lone_environment")
def test_a_reader_that_leaves_is_no_error() -> None:
    command = f"'{sys.executable}' -m api.cli.main settings | head -n 1; exit ${{PIPESTATUS[0]}}"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert ran.returncode in {ExitCode.OK, ExitCode.BROKEN_PIPE}  # the pipe may have taken all before it closed
    assert ran.stderr == ""


def test_a_closed_pipe_is_told_by_the_exit_code_alone() -> None:
    program = (
        "import os, sys\n"
        "read, write = os.pipe()\nos.close(read)\nos.dup2(write, 1)\n"
        "from api.cli.main import main\nsys.exit(main(['--help']))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (ExitCode.BROKEN_PIPE, "")


def test_a_command_runs_with_its_modules_out_of_the_way_of_garbage_collection(monkeypatch: pytest.MonkeyPatch) -> None:
    frozen: list[int] = []

    def read_file(*_: object) -> None:
        frozen.append(gc.get_freeze_count())
        raise IngestError

    monkeypatch.setattr("api.cli.read.read_file", read_file)
    main(["read", __file__])
    assert frozen
    assert frozen[0] > 10_000
    assert not gc.get_freeze_count()
    assert gc.isenabled()
