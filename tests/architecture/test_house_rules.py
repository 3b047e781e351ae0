"""The house keeps its rules: sizes, names, packages, errors and documents in step with the code."""

from __future__ import annotations

import ast
import gc
import importlib
import re
from pathlib import Path

import pytest

from scripts.make_docs import error_classes, errors_page, settings_page

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("ingest", "ocr", "signing", "storage", "api")
PYTHON = sorted(
    path for room in (*ROOMS, "scripts") for path in (ROOT / room).rglob("*.py") if "migrations/versions" not in path.as_posix()
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
SCRIPTS = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.js"))
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}


def test_there_is_something_to_check() -> None:
    assert len(PYTHON) > 50
    assert SCRIPTS


def test_modules_are_small() -> None:
    long = {path.relative_to(ROOT).as_posix(): count for path in PYTHON if (count := len(path.read_text().splitlines())) > 300}
    assert not long


def test_javascript_modules_are_small() -> None:
    long = {path.relative_to(ROOT).as_posix(): count for path in SCRIPTS if (count := len(path.read_text().splitlines())) > 150}
    assert not long


def test_functions_are_small() -> None:
    long = []
    for path in PYTHON:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.end_lineno is not None:
                body = node.body[1:] if ast.get_docstring(node) else node.body
                length = node.end_lineno - body[0].lineno + 1 if body else 0
                if length > 40:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} {length}")
    assert not long


def test_no_module_has_a_vague_name() -> None:
    assert not [path for path in PYTHON if path.stem in VAGUE]


@pytest.mark.parametrize("top", [*ROOMS, "tests", "scripts"])
def test_every_folder_with_code_is_a_package(top: str) -> None:
    folders = {path.parent for path in (ROOT / top).rglob("*.py")}
    assert not [folder for folder in folders if not (folder / "__init__.py").exists() and "migrations" not in folder.as_posix()]


def test_engines_stay_in_their_one_place() -> None:
    homes = {
        "cv2": ("ocr/prepare", "ocr/layers", "ocr/handwriting", "ocr/network", "ingest/quality", "scripts/train_digits"),
        "pytesseract": ("ocr/engines/tesseract",),
        "tesserocr": ("ocr/engines/kept",),
        "pdfplumber": ("ocr/engines/textlayer",),
        "pyhanko": ("signing/", "scripts/bench_stock"),
        "pyhanko_certvalidator": ("signing/", "scripts/bench_stock"),
        "minio": ("storage/objects/s3",),
        "fpdf": ("ocr/typeset/", "scripts/bench_pages"),
        "celery": ("api/worker/", "api/wiring"),
    }
    strays = []
    for path in PYTHON:
        place = path.relative_to(ROOT).as_posix()
        for name in imported(path):
            allowed = homes.get(name.split(".")[0])
            if allowed and not place.startswith(allowed):
                strays.append(f"{place} imports {name}")
    assert not strays


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def test_scripts_import_what_there_is() -> None:
    """mypy looks at the rooms only, and most scripts run by hand: a module that moved would be missed there."""
    gone = []
    for path in PYTHON:
        for name in imported(path):
            place = ROOT / name.replace(".", "/")
            ours = name.split(".")[0] in {*ROOMS, "tests", "scripts"}
            if ours and not (place.with_name(f"{place.name}.py").exists() or (place / "__init__.py").exists()):
                gone.append(f"{path.relative_to(ROOT).as_posix()} imports {name}")
    assert not gone


def test_what_is_imported_late_is_what_the_types_say() -> None:
    late = {path: found for path in PYTHON if (found := late_names(path))}
    assert len(late) > 10
    for path, names in late.items():
        assert names == typed_names(path), path
        for module, name in names:
            assert hasattr(importlib.import_module(module), name), f"{path}: {module} has no {name}"


def late_names(path: Path) -> set[tuple[str, str]]:
    """What the module binds to `Late(module, name)`, every one under its own name."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and getattr(node.value.func, "id", "") == "Late":
            module, name = (ast.literal_eval(argument) for argument in node.value.args)
            assert [getattr(target, "id", "") for target in node.targets] == [name], path
            found.add((module, name))
    return found


def typed_names(path: Path) -> set[tuple[str, str]]:
    """What the module imports for mypy and import-linter in the `if TYPE_CHECKING` that has the late names as its other half."""
    return {
        (node.module or "", alias.name)
        for branch in ast.parse(path.read_text()).body
        if isinstance(branch, ast.If) and getattr(branch.test, "id", "") == "TYPE_CHECKING" and branch.orelse
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_facts_know_no_third_party_engine() -> None:
    for room in ROOMS:
        model = ROOT / room / "model.py"
        if model.exists():
            tops = {name.split(".")[0] for name in imported(model)}
            assert not tops & {"cv2", "PIL", "numpy", "pikepdf", "pyhanko", "sqlalchemy", "fastapi", "pydantic"}, room


def test_nothing_is_left_for_later_in_the_code() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError")
    assert not [path for path in PYTHON + SCRIPTS if marks.search(path.read_text())]


def test_tests_do_not_sleep() -> None:
    pattern = re.compile(r"^\s*(time\.sleep|sleep)\(", re.MULTILINE)
    assert not [path for path in TESTS if pattern.search(path.read_text()) and "world" not in path.parts]


def test_every_error_is_complete_and_unique() -> None:
    kinds = error_classes()
    assert gc.isenabled(), "looking at every module has an effect on this process"
    assert not gc.get_freeze_count()
    codes = [kind.code for kind in kinds]
    assert len(codes) == len(set(codes)), sorted(code for code in codes if codes.count(code) > 1)
    for kind in kinds:
        assert kind.__doc__, kind
        assert kind.vi, kind
        assert kind.en, kind
        assert "code" in vars(kind), f"{kind} has no code of its own"
        assert set(re.findall(r"\{(\w+)", kind.vi)) == set(re.findall(r"\{(\w+)", kind.en)), kind


def test_error_and_settings_pages_match_the_code() -> None:
    assert (ROOT / "docs" / "errors.md").read_text() == errors_page(), "run `make docs`"
    assert (ROOT / "docs" / "settings.md").read_text() == settings_page(), "run `make docs`"


def test_days_are_those_of_vietnam() -> None:
    """UTC's day is yesterday there until seven in the morning."""
    wrong = re.compile(r"now\((UTC|timezone\.utc)?\)\.date\(\)|date\.today\(|utcnow\(")
    assert [path.relative_to(ROOT).as_posix() for path in PYTHON if wrong.search(path.read_text(encoding="utf-8"))] == []
