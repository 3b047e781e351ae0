"""`make soak`: tells seed, schedule and summary.

Exit code 1 when an invariant is violated, 3 where a server is missing, 4 when a planted bug is not named by its invariant,
69 when a server could not be started and 70 when the harness itself failed: then nothing was judged.
"""

from __future__ import annotations

import argparse
import secrets
import signal
import sys
import traceback
from pathlib import Path

from scripts.soak.plan import Options, schedule
from scripts.soak.planted import MINUTES, PLANTS
from scripts.soak.report import named, summary
from scripts.soak.run import run
from scripts.soak.servers import NOT_INSTALLED, ServerFailed, ServerMissing

VIOLATED, NOT_NAMED, NOT_STARTED, FAILED = 1, 4, 69, 70


def main() -> int:
    """Parse, run, tell."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="0: a random one, which is printed")
    parser.add_argument("--minutes", type=float, default=0.0, help=f"how long faults and load go on: 30, with a bug {MINUTES}")
    parser.add_argument("--web", type=int, default=2, help="web processes")
    parser.add_argument("--workers", type=int, default=2, help="worker processes")
    parser.add_argument("--clients", type=int, default=3, help="clerks who hand in at once")
    parser.add_argument("--broker", choices=("rabbitmq", "redis"), default="", help="default: as the seed falls")
    parser.add_argument("--plant", choices=sorted(PLANTS), default="", help="let every process carry this bug")
    parser.add_argument("--logs", type=Path, help="folder that the processes' logs are copied to")
    parser.add_argument("--dry", action="store_true", help="only print the schedule")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ends every server and process on the way out
    minutes, aim = asked.minutes or 30.0, {}
    if asked.plant:
        minutes, aim = asked.minutes or MINUTES, PLANTS[asked.plant].aim
    options = Options(
        seed=asked.seed or secrets.randbelow(1_000_000) + 1, seconds=minutes * 60, web=asked.web, workers=asked.workers,
        clients=asked.clients, broker=asked.broker, planted=asked.plant, **aim,
    )  # fmt: skip
    told = f"seed {options.seed}, {minutes:g} min, {options.broker_kind}, {options.web} web, {options.workers} workers"
    print(f"{told}{f', planted: {options.planted}' if options.planted else ''}", flush=True)
    if asked.dry:
        print("\n".join(map(str, schedule(options))))
        return 0
    try:
        outcome = run(options, asked.logs)
    except ServerMissing as error:
        print(error, file=sys.stderr)
        return NOT_INSTALLED
    except ServerFailed as error:
        print(error, file=sys.stderr)
        return NOT_STARTED
    except Exception:  # noqa: BLE001 - Python's own code for this is 1
        traceback.print_exc()
        return FAILED
    print(summary(outcome))
    if options.planted and not named(outcome):
        return NOT_NAMED
    return VIOLATED if outcome.violations else 0


if __name__ == "__main__":
    sys.exit(main())
