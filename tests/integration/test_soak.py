"""The fault harness in short: every kind of fault on real servers and processes, every promise kept; and a planted bug found."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from scripts.soak.plan import Kind, Options, schedule
from scripts.soak.servers import NOT_INSTALLED
from tests.world.product import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
SEED, MINUTES = 89, 0.5
BUG = "no-idempotency-key"
"""The one whose run is shortest: nothing needs to be started again. The others: docs/benchmarks.md."""


def soak(s3_url: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "scripts.soak", *map(str, arguments)],
        cwd=ROOT, env=os.environ | {"SOHOA_TEST_S3_URL": s3_url}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == NOT_INSTALLED and os.environ.get("SOHOA_TEST_SERVERS") != "required":
        pytest.skip(f"NOT TESTED, {done.stderr.strip()}")
    return done


def test_half_a_minute_of_every_kind_of_fault_breaks_no_promise(s3_url: str) -> None:
    assert {fault.kind for fault in schedule(Options(SEED, MINUTES * 60))} == set(Kind)
    done = soak(s3_url, "--seed", SEED, "--minutes", MINUTES)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no invariant violated" in done.stdout


def test_a_planted_bug_is_named(s3_url: str) -> None:
    few = ("--web", 1, "--workers", 1, "--broker", "redis", "--minutes", 0.1)
    done = soak(s3_url, "--seed", 2, "--plant", BUG, *few)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"planted {BUG}: accepted-once: " in done.stdout
