"""A sealed record through thirty years and three time-stamp authorities: real commands, the clock set by faketime."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
TRIES = 3
"""libfaketime 0.9.10 itself crashes now and then in a process with threads (about one start in twenty)."""
Visit = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Visit:
    """`visit(2035, "publish", "renew --within 800")`: the same product in that year."""
    if shutil.which("faketime") is None:
        pytest.skip("NOT TESTED, faketime is not installed")
    folder = tmp_path_factory.mktemp("decades")
    before = folder.with_name("before")

    def attempt(year: int, actions: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("SOHOA_")}
        return subprocess.run(
            ["faketime", "-m", f"{year}-06-02 08:00:00", sys.executable, "-m", "tests.world.era", str(folder), *actions],
            capture_output=True, text=True, cwd=ROOT, timeout=180, check=False,
            env=clean | {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": "UTC"},
        )  # fmt: skip

    def go(year: int, *actions: str) -> dict[str, Any]:
        for _ in range(TRIES):
            shutil.rmtree(before, ignore_errors=True)
            shutil.copytree(folder, before, symlinks=True)
            ran = attempt(year, actions)
            if "Segmentation fault" not in ran.stderr:
                break
            shutil.rmtree(folder)
            before.rename(folder)
        assert ran.returncode == 0, ran.stderr[-3000:]
        return dict(json.loads(ran.stdout))

    return go


def test_thirty_years_and_three_authorities(visit: Visit) -> None:
    """The years between are judged in `tests/unit/signing/test_ageing.py`; here the product itself goes through them."""
    told = visit(2026, "found", "ledger anchor", "verdicts")
    assert told["verdicts"] == {"line": ["TOTAL-PASSED"], "record_is_newest": True, "until": "2037-06-01 00:00:00+00:00"}
    assert visit(2029, "publish", "verdicts")["verdicts"]["line"] == ["TOTAL-PASSED"], "its signers ended in 2028"

    told = visit(
        2035, "publish", "renew --within 10 --dry-run", "renew --within 800", "renew --within 801", "ledger anchor", "verdicts"
    )
    assert told["renew --within 10 --dry-run"]["told"]["due"] == []
    assert told["renew --within 800"]["told"].get("renewed") == 1, told
    assert told["renew --within 801"]["told"]["renewed"] == 0, "nothing is done twice"
    assert told["verdicts"] == {"line": ["TOTAL-PASSED"] * 2, "record_is_newest": True, "until": "2047-06-01 00:00:00+00:00"}

    told = visit(2039, "publish", "verdicts", "orphan", "renew --within 800")
    assert told["verdicts"]["line"] == ["INDETERMINATE", "TOTAL-PASSED"], "never renewed, it proves nothing after 2037"
    ran = told["renew --within 800"]
    assert (ran["code"], ran["told"]["attention"], ran["told"]["renewed"]) == (1, 1, 0), "what was let lapse goes to a person"

    told = visit(2046, "publish", "renew --within 800", "ledger anchor", "verdicts")
    assert told["renew --within 800"]["told"].get("renewed") == 1, told
    assert told["verdicts"]["line"] == ["INDETERMINATE", "TOTAL-PASSED", "TOTAL-PASSED"]

    told = visit(2056, "publish", "verdicts", "ledger verify")
    assert told["verdicts"]["line"] == ["INDETERMINATE", "INDETERMINATE", "TOTAL-PASSED"]
    assert [one["problem"] for one in told["ledger verify"]["told"]["anchors"]] == ["", "", ""], "old anchors hold by newer ones"
    assert told["ledger verify"]["code"] == 0
