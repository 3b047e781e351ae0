"""What this process may use of the machine: cores and memory, as the scheduler, the control group and the hardware allow."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

_CGROUPS = Path("/sys/fs/cgroup")
_OWN = Path("/proc/self/cgroup")


def cores() -> int:
    """Cores this process may run on, at least 1: its affinity, less where a quota of its control group (v2) allows less."""
    mine = len(os.sched_getaffinity(0))
    for text in _told("cpu.max"):
        quota, _, period = text.partition(" ")
        if quota.isdigit() and period.isdigit():
            mine = min(mine, math.ceil(int(quota) / int(period)))
    return max(1, mine)


def memory_bytes() -> int:
    """Memory this process and its children may use together: that of the machine, or of its control group (v2) if less."""
    most = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([most, *(int(text) for text in _told("memory.max") if text.isdigit())])


def at_once(each_bytes: int) -> int:
    """How many pieces of work that need a core and so much memory each this process can do at once, at least 1."""
    return max(1, min(cores(), memory_bytes() // each_bytes))


def _told(name: str) -> Iterator[str]:
    """What the control group of this process and those above it say under `name`; nothing without version 2."""
    try:
        own = next(line[3:] for line in _OWN.read_text(encoding="ascii").splitlines() if line.startswith("0::"))
    except (OSError, StopIteration, ValueError):
        return
    folder = _CGROUPS / own.strip("/")
    for place in (folder, *folder.parents):
        if not place.is_relative_to(_CGROUPS):
            return
        try:
            yield (place / name).read_text(encoding="ascii").strip()
        except (OSError, ValueError):  # the topmost has none; inside a container the path may name a group outside
            continue
