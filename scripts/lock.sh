#!/usr/bin/env bash
# Resolves the lock files from pyproject.toml: exact versions with hashes, for every supported Python, naming no host.
set -euo pipefail
cd "$(dirname "$0")/.."
tool=$(mktemp -d)
trap 'rm -rf "$tool"' EXIT
python3 -m venv "$tool" && "$tool/bin/pip" install --quiet uv
resolve() {
  "$tool/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate "$@"
}
resolve --all-extras pyproject.toml -o requirements/dev.lock
# hatchling is in the set for running too: the project installs itself without build isolation
resolve pyproject.toml --extra build -c requirements/dev.lock -o requirements/run.lock
