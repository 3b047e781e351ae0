"""`make bench-signing`: signing and verifying beside the pyHanko command line, on the same files in the same run.

All times are CPU (user + system) milliseconds of the process that does the work; each figure is the least and the median of
several runs, taken in turns. The machine's speed drifts, so references run along: the pyHanko command line judging the same file,
and stock pyHanko making a B-B signature with a cached key, each in a process without our code. `--reference` says what the
command line costs on the machine a target was set on (487 ms for those of docs/benchmarks.md); figures are shown as there, too.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pikepdf

from signing import demo_pki
from signing.demo_pki import DemoPki
from signing.loop import complete
from signing.model import TIME, Corner, Level, Mark, Reserved, Role, SealKind, SealRequest
from signing.renew import renew
from signing.seal import Job, seal
from signing.timestamps import Timestamper
from signing.verify import verify

SCANS = {"p1": (1, 600_000), "p30": (30, 567_000), "p300": (300, 60_000), "big": (270, 600_000)}
"""Pages, and bytes of each page's image: 0.6 MB, 17 MB, 18 MB, 162 MB."""
LATENCY_S = 0.2
CONCURRENT = 16
COMMAND_LINE = "reference: pyHanko command line, verify"
BARE = "reference: B-B by stock pyHanko"


@dataclass
class Cost:
    """CPU seconds of the runs of one operation."""

    runs: list[float] = field(default_factory=list)

    def measure(self, work: Callable[[], object], children: bool = False) -> None:
        """One more run; `children`: the work is done by child processes."""
        who = resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF
        before = resource.getrusage(who)
        work()
        after = resource.getrusage(who)
        self.runs.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    @property
    def least(self) -> float:
        """The least of the runs."""
        return min(self.runs)

    def shown(self, scale: float) -> str:
        """Least / median here, and the least at the reference machine's speed, in milliseconds."""
        return f"{1000 * self.least:.0f} / {1000 * statistics.median(self.runs):.0f} | {1000 * self.least * scale:.0f}"


class Slow:
    """An authority that answers after the latency of a network."""

    def __init__(self, timestamper: Timestamper) -> None:
        self._timestamper = timestamper

    def token(self, digest: bytes, algorithm: str) -> bytes:
        """The token, late."""
        time.sleep(LATENCY_S)
        return self._timestamper.token(digest, algorithm)


def scan(path: Path, pages: int, size: int) -> Path:
    """A scan with incompressible images that leave the head of each page free."""
    noise, side = random.Random(1), int(size**0.5)
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
            image = pdf.make_stream(
                noise.randbytes(side * side), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=side, Height=side,
                ColorSpace=pikepdf.Name.DeviceGray, BitsPerComponent=8,
            )  # fmt: skip
            pdf.pages[-1].contents_add(b"q 595 0 0 560 0 0 cm /Im0 Do Q")
            pdf.pages[-1].obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
        pdf.save(path, compress_streams=False)
    return path


def request(role: Role, level: Level, *, visible: bool = False, first: bool = False) -> SealRequest:
    """What is sealed; visible as certified copies are: the first signer certifies and reserves the second's field."""
    mark = Mark(("Người ký thử nghiệm", f"Thời gian ký: {TIME}"), corner=Corner.TOP_RIGHT) if visible else None
    reserve = (Reserved("Agency", mark),) if first else ()
    name = "Agency" if role is Role.AGENCY else "Personal"
    return SealRequest(SealKind.CERTIFIED_COPY, role, name, level=level, mark=mark, certify=first, reserve=reserve)


class Bench:
    """The operations, in one folder with demonstration keys."""

    def __init__(self, folder: Path, pki: DemoPki) -> None:
        self.folder, self.pki, self.trust = folder, pki, pki.trust()
        self.stamper = pki.timestamper()
        self.out = folder / "out.pdf"

    def bare_signature(self, source: Path) -> float:
        """Stock pyHanko, B-B, nothing checked, in a process without our code; CPU seconds."""
        command = [sys.executable, "-m", "scripts.bench_stock", str(source), "5"]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout) / 1000

    def command_line(self, source: Path) -> None:
        """`pyhanko sign validate`, which asks less of a file than we do."""
        command = [Path(sys.executable).with_name("pyhanko"), "sign", "validate", "--no-revocation-check"]
        trusted = [part for path in self.pems() for part in ("--trust", path)]
        subprocess.run([*command, *trusted, source], check=True, capture_output=True)

    def pems(self) -> list[Path]:
        """The trusted roots as files."""
        paths = [self.folder / f"root{number}.der" for number in range(len(self.trust.roots))]
        for path, der in zip(paths, self.trust.roots, strict=True):
            path.write_bytes(der)
        return paths

    def sign_only(self, source: Path, what: SealRequest) -> None:
        """As `seal` does, without its own verification."""
        job = Job(what, self.pki.clerk(), self.trust, self.stamper)
        job.check_key()
        self.out.write_bytes(source.read_bytes())
        complete(job.sign(self.out))

    def seal(self, source: Path, out: Path, what: SealRequest, stamper: Timestamper | None = None) -> None:
        """Signed, and verified by ourselves."""
        key = self.pki.agency() if what.role is Role.AGENCY else self.pki.clerk()
        seal(source, out, what, key, self.trust, stamper or self.stamper)

    def two_signatures(self, source: Path, out: Path) -> None:
        """Certifier visible B-LT with a field reserved, then agency visible B-LTA; verified after each."""
        middle = out.with_suffix(".middle.pdf")
        self.seal(source, middle, request(Role.PERSONAL, Level.B_LT, visible=True, first=True))
        self.seal(middle, out, request(Role.AGENCY, Level.B_LTA, visible=True))

    def concurrently(self, source: Path, count: int) -> None:
        """B-LTA in threads, each waiting for the authority on its own."""
        slow, what = Slow(self.stamper), request(Role.PERSONAL, Level.B_LTA)
        with ThreadPoolExecutor(CONCURRENT) as pool:
            list(pool.map(lambda number: self.seal(source, self.folder / f"c{number}.pdf", what, slow), range(count)))

    def memory_mib(self, action: str, source: Path) -> float:
        """The most memory a process of its own needs."""
        command = [sys.executable, "-m", "scripts.bench_signing", "--child", action, source, "--pki", self.folder / "pki"]
        return float(subprocess.run([str(one) for one in command], check=True, capture_output=True, text=True).stdout.split()[-1])


def compare(bench: Bench, name: str, runs: int) -> dict[str, Cost]:
    """Every operation on one scan, in turns."""
    pages, size = SCANS[name]
    source, done = scan(bench.folder / f"{name}.pdf", pages, size), bench.folder / f"{name}-2.pdf"
    bench.two_signatures(source, done)
    work: dict[str, Callable[[], object]] = {
        "sign B-B": lambda: bench.sign_only(source, request(Role.PERSONAL, Level.B_B)),
        "sign B-LTA": lambda: bench.sign_only(source, request(Role.PERSONAL, Level.B_LTA)),
        "seal B-LTA (signed and verified)": lambda: bench.seal(source, bench.out, request(Role.PERSONAL, Level.B_LTA)),
        "two visible signatures, B-LT and B-LTA, each verified": lambda: bench.two_signatures(source, bench.out),
        "verify two signatures and time-stamp, offline": lambda: verify(done, bench.trust),
        "renew (verified before and after)": lambda: renew(done, bench.out, bench.trust, bench.stamper),
    }
    costs = {key: Cost() for key in (COMMAND_LINE, BARE, *work)}
    for run in range(runs + 1):
        if run:
            costs[COMMAND_LINE].measure(lambda: bench.command_line(done), children=True)
            costs[BARE].runs.append(bench.bare_signature(source))
        for key, one in work.items():
            if run:
                costs[key].measure(one)
            else:
                one()
    print(f"{name}: {pages} pages, {source.stat().st_size / 1e6:.1f} MB; two visible signatures with long-term evidence add "
          f"{(done.stat().st_size - source.stat().st_size) / 1e3:.1f} kB\n")  # fmt: skip
    return costs


def told(costs: dict[str, Cost], reference_ms: float, scale: float | None) -> float:
    """Print the table; the scale found on the first file serves the others."""
    cli = costs[COMMAND_LINE]
    if scale is None:
        scale = reference_ms / 1000 / cli.least
        print(f"the reference machine needs {scale:.2f} of our time (by the command line)\n")
    print(
        "| operation | CPU ms here, least / median | least, at the reference's speed | of the command line |\n|---|---|---|---|"
    )
    for name, cost in costs.items():
        print(f"| {name} | {cost.shown(scale)} | {cost.least / cli.least:.2f} |")
    print()
    return scale


def waiting(bench: Bench, scale: float, count: int) -> None:
    """B-LTA with an authority that takes its time."""
    source, cost, start = bench.folder / "p1.pdf", Cost(), time.monotonic()
    cost.measure(lambda: bench.concurrently(source, count))
    passed, cpu_s = time.monotonic() - start, cost.least / count
    print(f"B-LTA sealed and verified, {CONCURRENT} at once, each time-stamp takes {1000 * LATENCY_S:.0f} ms: ", end="")
    print(f"{count / passed:.1f} files/s, {1000 * cpu_s:.0f} ms CPU a file: {1 / cpu_s:.1f} files/s a core here, ", end="")
    print(f"{1 / cpu_s / scale:.1f} at the reference's speed\n")


def child(action: str, source: Path, folder: Path) -> None:
    """One action, then the most memory used, in MiB."""
    bench = Bench(folder.parent, demo_pki.ensure(folder))
    if action == "verify":
        verify(source, bench.trust)
    else:
        bench.two_signatures(source, source.with_suffix(".child.pdf"))
        source.with_suffix(".child.pdf").unlink()
    # Not `ru_maxrss`: that remembers the parent from before the program was loaded.
    print(int(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))[0]) / 1024)


def main() -> None:
    """Measure and print tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--scans", nargs="*", default=list(SCANS), choices=list(SCANS))
    parser.add_argument("--reference", type=float, default=487.0, help="command line, CPU ms on the machine of the targets")
    parser.add_argument("--child", nargs=2, metavar=("ACTION", "FILE"))
    parser.add_argument("--pki", type=Path)
    asked = parser.parse_args()
    if asked.child:
        child(asked.child[0], Path(asked.child[1]), asked.pki)
        return
    with tempfile.TemporaryDirectory() as name:
        bench, scale = Bench(Path(name), demo_pki.ensure(Path(name, "pki"))), None
        for number, one in enumerate(asked.scans):
            runs = asked.runs if number < 2 else max(1, asked.runs // 3)
            scale = told(compare(bench, one, runs), asked.reference, scale)
            memory = [
                bench.memory_mib(*what)
                for what in (("sign", bench.folder / f"{one}.pdf"), ("verify", bench.folder / f"{one}-2.pdf"))
            ]
            print(f"memory: signing twice {memory[0]:.0f} MiB, verifying {memory[1]:.0f} MiB\n")
        if "p1" in asked.scans and scale:
            waiting(bench, scale, 6 * CONCURRENT)


if __name__ == "__main__":
    main()
