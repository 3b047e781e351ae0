"""What the README says of the command line is what the command line says of itself."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from api.cli.exit_codes import ExitCode
from api.cli.registry import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = [README, (ROOT / "docs" / "acceptance.md").read_text(encoding="utf-8")]


def test_the_table_of_commands_is_the_help() -> None:
    rows = re.findall(r"^\| `sohoa ([\w-]+)` \| (.+) \|$", README, re.MULTILINE)
    assert rows == [(name, entry.en) for name, entry in COMMANDS.items()]


def test_every_exit_code_is_told() -> None:
    told = re.search(r"^Exit codes: (.+?)^$", README, re.MULTILINE | re.DOTALL)
    assert told
    assert {int(code) for code in re.findall(r"(?:^|· ?|\n)(\d+) ", told.group(1))} == {int(code) for code in ExitCode}


@pytest.mark.parametrize("name", COMMANDS)
def test_options_named_in_the_documents_exist(name: str) -> None:
    used = {
        option
        for text in DOCS
        for line in re.findall(rf"^\s*(?:\S+/)?sohoa {name}\b(.*)$", text, re.MULTILINE)
        for option in re.findall(r"(?<!\S)--[a-z-]+", line)
    }
    if used:
        said = subprocess.run(
            [sys.executable, "-m", "api.cli.main", name, "--help"], capture_output=True, text=True, check=True, cwd=ROOT
        ).stdout
        assert {option for option in used if option not in said} == set()


def test_make_targets_named_in_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {target for text in DOCS for target in re.findall(r"`?make ([a-z-]+)`", text)}
    assert named <= targets
