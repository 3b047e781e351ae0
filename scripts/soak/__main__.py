"""`make soak`: tells seed, schedule and summary; exit code 1 when an invariant is violated, 3 where a server is missing."""

from __future__ import annotations

import argparse
import secrets
import signal
import sys
from pathlib import Path

from scripts.soak.plan import Options, schedule
from scripts.soak.planted import PLANTS
from scripts.soak.report import summary
from scripts.soak.run import run
from scripts.soak.servers import NOT_INSTALLED, ServerMissing


def main() -> int:
    """Parse, run, tell."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="0: a random one, which is printed")
    parser.add_argument("--minutes", type=float, default=30.0, help="how long faults and load go on")
    parser.add_argument("--web", type=int, default=2, help="web processes")
    parser.add_argument("--workers", type=int, default=2, help="worker processes")
    parser.add_argument("--clients", type=int, default=3, help="clerks who hand in at once")
    parser.add_argument("--broker", choices=("rabbitmq", "redis"), default="", help="default: as the seed falls")
    parser.add_argument("--plant", choices=sorted(PLANTS), default="", help="let every process carry this bug")
    parser.add_argument("--logs", type=Path, help="folder that the processes' logs are copied to")
    parser.add_argument("--dry", action="store_true", help="only print the schedule")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ends every server and process on the way out
    options = Options(
        seed=asked.seed or secrets.randbelow(1_000_000) + 1, seconds=asked.minutes * 60, web=asked.web, workers=asked.workers,
        clients=asked.clients, broker=asked.broker, planted=asked.plant,
    )  # fmt: skip
    told = f"seed {options.seed}, {asked.minutes:g} min, {options.broker_kind}, {options.web} web, {options.workers} workers"
    print(f"{told}{f', planted: {options.planted}' if options.planted else ''}", flush=True)
    if asked.dry:
        print("\n".join(map(str, schedule(options))))
        return 0
    try:
        outcome = run(options, asked.logs)
    except ServerMissing as error:
        print(error, file=sys.stderr)
        return NOT_INSTALLED
    print(summary(outcome))
    return 1 if outcome.violations else 0


if __name__ == "__main__":
    sys.exit(main())
