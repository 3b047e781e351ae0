"""Officers who certify, each a process of its own that can be killed; forked from one that has imported everything.

As a program it reads orders, one JSON line each (the certifications to attest), forks an officer for each and prints its pid.
An officer attests all of them at once, in threads, and then works on whatever is to be signed until somebody kills it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Self

from api.certification.checks import Attested
from api.certification.desk import CertificationDesk
from api.certification.options import CertificationOptions
from api.pipeline.engine import Pipeline
from api.wiring import Sohoa, build
from ingest.errors import CodedError
from ingest.sandbox import InlineBox
from signing.grounds import grounds
from storage.model import CERTIFYING
from storage.registers import CertificationState
from tests.world.product import ROOT, settings_for

CERTIFYING_HERE = CertificationOptions(
    agency_name="UBND xã Tân Phước", certifier_title="CHỦ TỊCH", public_base="https://sohoa.example"
)
ALL_CLEAR = Attested(frozenset(grounds()), matches=True, complete=True)


class Officers:
    """Starts officers on one data folder and database, and kills them."""

    def __init__(self, data_dir: Path, database_url: str, log: Path) -> None:
        self._path = log
        self._log = log.open("ab")
        command = [sys.executable, "-m", "tests.world.certifying", str(data_dir), database_url]
        self._nursery = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True, start_new_session=True
        )
        self._alive: list[int] = []

    def start(self, certifications: list[str]) -> int:
        """An officer who attests these; its pid."""
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        print(json.dumps(certifications), file=self._nursery.stdin, flush=True)
        pid = int(self._nursery.stdout.readline())
        self._alive.append(pid)
        return pid

    def kill(self, pid: int) -> None:
        """SIGKILL, as a power cut."""
        self._alive.remove(pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def told(self) -> str:
        """The end of what officers wrote before they died of something else than us."""
        return self._path.read_text(encoding="utf-8", errors="replace")[-3000:]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pid in list(self._alive):
            self.kill(pid)
        self._nursery.kill()
        self._nursery.communicate()
        self._log.close()


def attest_until_done(sohoa: Sohoa, certification_id: str) -> None:
    """Attest, however often the database is busy; nothing if somebody has done so before."""
    desk = CertificationDesk(sohoa)
    while desk.get(certification_id).state is CertificationState.REQUESTED:
        with contextlib.suppress(CodedError):
            desk.attest(certification_id, ALL_CLEAR, actor="certifier")


def officer(data_dir: str, database_url: str, certifications: list[str]) -> None:
    """One officer's life."""
    changes = {"database_url": database_url} if database_url else {}
    wired = build(settings_for(Path(data_dir), certification=CERTIFYING_HERE, **changes))
    sohoa = replace(wired, box=InlineBox())
    for one in certifications:
        threading.Thread(target=attest_until_done, args=(sohoa, one), daemon=True).start()
    pipeline = Pipeline(sohoa)
    while True:
        with contextlib.suppress(CodedError):
            if not pipeline.work(CERTIFYING):
                time.sleep(0.1)


def main() -> None:
    """Fork an officer for each line."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            officer(sys.argv[1], sys.argv[2], json.loads(line))
        print(pid, flush=True)


if __name__ == "__main__":
    main()
