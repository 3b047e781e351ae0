"""What one command costs in CPU seconds, all its processes counted: `python -m scripts.bench_start digitise --auto scan.jpg`.

Each time in an empty data folder; three times, the minimum counts (other work on the machine only adds). Processes that outlive
the command, like the one that children are forked from, become children of this script (Linux) and are waited for.
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import tempfile

_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2)."""
TIMES = 3


def cpu_seconds(arguments: list[str]) -> tuple[float, float]:
    """Of the command with all its processes, and of its own process alone."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "api.cli.main", *arguments]
        running = subprocess.Popen(command, env=os.environ | {"SOHOA_DATA_DIR": folder}, stdout=subprocess.DEVNULL)
        _, status, own = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
        if running.returncode:
            sys.exit(f"sohoa {' '.join(arguments)} ended with {running.returncode}")
        try:
            while True:
                os.wait()
        except ChildProcessError:
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, own.ru_utime + own.ru_stime


def adopt_orphans() -> None:
    """Processes that outlive their parents become children of this one and are counted; Linux only."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def main() -> None:
    """Print the minimum."""
    adopt_orphans()
    found = [cpu_seconds(sys.argv[1:]) for _ in range(TIMES)]
    print(f"{min(whole for whole, _ in found):.2f} CPU s, {min(own for _, own in found):.2f} in the command's own process")


if __name__ == "__main__":
    main()
