#!/usr/bin/env bash
# Every test, on three processes, because the long ones wait for servers half of their time (12 min on two idle cores; two processes take longer); the
# long files first, so that no core waits at the end. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
export SOHOA_SHARED="${SOHOA_SHARED:-$(cd .. && pwd)/shared}"
# hundreds of processes are started: they share compiled modules, also where the environment forbids keeping them
unset PYTHONDONTWRITEBYTECODE
status=0
.venv/bin/pytest -q -m "not alone" -n 3 --dist loadfile --no-loadscope-reorder --durations 15 \
  tests/integration tests/browser tests/contract tests/unit tests/architecture "$@" || status=$?
# What goes by the clock runs by itself, after all others; 5: the arguments leave none of it.
.venv/bin/pytest -q -m alone tests/browser "$@" || { alone=$?; [ "$alone" -eq 5 ] || status=$alone; }
exit "$status"
