"""Workers are as many as cores and memory allow, in a container or unit with limits, too."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest import capacity


@pytest.fixture
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hierarchy of control groups in which this process is in `system.slice/sohoa.service`."""
    folder = tmp_path / "cgroup" / "system.slice" / "sohoa.service"
    folder.mkdir(parents=True)
    own = tmp_path / "own"
    own.write_text("0::/system.slice/sohoa.service\n")
    monkeypatch.setattr(capacity, "_CGROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(capacity, "_OWN", own)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(8)))
    return folder


def test_without_limits_the_machine_counts(groups: Path) -> None:
    (groups / "memory.max").write_text("max\n")
    (groups / "cpu.max").write_text("max 100000\n")
    assert capacity.cores() == 8
    assert capacity.memory_bytes() == os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def test_the_narrowest_group_above_counts(groups: Path) -> None:
    (groups / "memory.max").write_text("3000000000\n")
    (groups.parent / "memory.max").write_text("2000000000\n")
    (groups / "cpu.max").write_text("250000 100000\n")
    assert (capacity.cores(), capacity.memory_bytes()) == (3, 2_000_000_000)
    assert capacity.at_once(500_000_000) == 3
    assert capacity.at_once(1_000_000_000) == 2
    assert capacity.at_once(9_000_000_000) == 1


def test_a_kernel_without_them_is_no_matter(groups: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "_OWN", groups / "nothing")
    assert capacity.cores() == 8
