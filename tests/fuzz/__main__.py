"""`make fuzz`: each target for so many seconds, guided by what the bytes reach (libFuzzer through atheris).

Every breach of the contract is kept as a file in var/fuzz/TARGET/found, once for each place it came from, and the fuzzer goes
on. Exit code 1 when there is one. `python -m tests.fuzz --again FILE TARGET` runs one file through a target.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import atheris

HOME = Path(__file__).parents[2] / "var" / "fuzz"
WATCHED = ["ingest", "ocr", "signing", "PIL", "pikepdf", "pyhanko", "asn1crypto", "zipfile", "tests.fuzz"]
NAMES = ("identify", "split", "separators", "fields", "verify")


def watched(name: str) -> Callable[[bytes], None]:
    """The target, its code instrumented where this process has not loaded it yet."""
    with atheris.instrument_imports(include=WATCHED):
        found: Callable[[bytes], None] = importlib.import_module("tests.fuzz.targets").TARGETS[name]
    return found


def keeping(target: Callable[[bytes], None], folder: Path) -> Callable[[bytes], None]:
    """The target; what it breaks the contract with is written down once for each place, and goes no further."""
    folder.mkdir(parents=True, exist_ok=True)

    def one(data: bytes) -> None:
        try:
            target(data)
        except Exception as error:  # noqa: BLE001 - whatever left is what is looked for
            frames = traceback.extract_tb(error.__traceback__)
            place = f"{type(error).__name__} {Path(frames[-1].filename).name}:{frames[-1].lineno}"
            kept = folder / hashlib.sha256(place.encode()).hexdigest()[:12]
            if not kept.exists():
                kept.write_bytes(data)
                kept.with_suffix(".txt").write_text(f"{place}\n{traceback.format_exc()}", encoding="utf-8")

    return one


def fuzz(name: str, seconds: int) -> None:
    """Fuzz in this process; libFuzzer ends it."""
    home = HOME / name
    target = keeping(watched(name), home / "found")
    corpus = home / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for data in importlib.import_module("tests.fuzz.seeds").seeds(name):
        (corpus / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    # -timeout is far below the box's own limit: a file that takes so long is found here
    told = [
        f"-max_total_time={seconds}",
        "-timeout=30",
        "-report_slow_units=600",
        "-rss_limit_mb=3000",
        "-print_final_stats=1",
        "-close_fd_mask=3",
    ]
    atheris.Setup([sys.argv[0], str(corpus), f"-artifact_prefix={home / 'found'}/", *told], target)
    atheris.Fuzz()


def supervised(name: str, seconds: int) -> bool:
    """Fuzz in a child; True when nothing was found."""
    command = [sys.executable, "-m", "tests.fuzz", "--in-child", "--seconds", str(seconds), name]
    done = subprocess.run(command, check=False, capture_output=True, text=True, errors="replace")
    figures = dict(line.removeprefix("stat::").split(":") for line in done.stderr.splitlines() if line.startswith("stat::"))
    found = sorted((HOME / name / "found").iterdir())
    tries = figures.get("number_of_executed_units", "?").strip()
    print(f"{name}: {tries} tries in {seconds} s, corpus {len(list((HOME / name / 'corpus').iterdir()))}, found {len(found)}")
    for path in found:
        print(f"  {path}: {path.read_text().splitlines()[0]}" if path.suffix == ".txt" else f"  {path}")
    if done.returncode and not found:
        print(done.stderr[-2000:])
    return not found and not done.returncode


def main() -> int:
    """Fuzz what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", default=NAMES, choices=NAMES)
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--again", type=Path, help="a file that was found")
    parser.add_argument("--in-child", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.again:
        watched(asked.targets[0])(asked.again.read_bytes())
        return 0
    if asked.in_child:
        fuzz(asked.targets[0], asked.seconds)
    clean = [supervised(name, asked.seconds) for name in asked.targets]
    return 0 if all(clean) else 1


if __name__ == "__main__":
    sys.exit(main())
