#!/usr/bin/env bash
# Installs what is missing for `make run` (run), `make check` (check) or `make test` (test): Debian packages, then the
# project's own virtual environment. Skips what is there. Says in one plain line what to do when it cannot.
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:?run, check or test}
fail() { printf 'sohoa: %s\n' "$1" >&2; exit 1; }

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# A line of a list may name alternatives (a|b): the first one that this release has is wanted.
missing_packages() {
  local line name wanted
  while read -r line; do
    case "$line" in ''|'#'*) continue ;; esac
    wanted=$line
    if [ "${line#*|}" != "$line" ]; then
      for name in ${line//|/ }; do
        wanted=$name
        apt-cache show "$name" >/dev/null 2>&1 && break
      done
    fi
    installed "$wanted" || printf '%s\n' "$wanted"
  done < <(cat "$@")
}

install_packages() {
  local lists=("requirements/apt-run.txt") root=() missing
  [ "$purpose" = test ] && lists+=("requirements/apt-test.txt")
  command -v dpkg-query >/dev/null || fail "this is not Debian or Ubuntu; install the packages of ${lists[*]} by hand, then run 'make $purpose' again"
  mapfile -t missing < <(missing_packages "${lists[@]}")
  [ "${#missing[@]}" -eq 0 ] && return
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then root=(sudo); else
      fail "no rights to install packages; ask an administrator for: apt-get install ${missing[*]}"
    fi
  fi
  echo "Installing: ${missing[*]}"
  # RUNLEVEL=1 keeps the database and queue packages from starting system-wide servers: the tests start their own.
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq \
    || fail "the package lists cannot be reached; check the network, then run 'make $purpose' again"
  mapfile -t missing < <(missing_packages "${lists[@]}")
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null \
    || fail "packages could not be installed; run: apt-get install ${missing[*]}"
}

right_python() {
  local python=${PYTHON:-python3}
  command -v "$python" >/dev/null || fail "no $python found; install Python 3.11 or newer, or name one: make $purpose PYTHON=/path/to/python3"
  "$python" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' \
    || fail "$("$python" --version) is too old; Sohoa needs 3.11 or newer. Name one: make $purpose PYTHON=/path/to/python3"
  printf '%s' "$python"
}

# What .venv was made from, and where: its commands name the folder, so one that was moved or copied here is made anew.
stamp() { printf '%s %s in %s' "$1" "$(cat "$1" pyproject.toml | sha256sum | cut -d' ' -f1)" "$PWD"; }

install_environment() {
  local lock=requirements/dev.lock python
  [ "$purpose" = run ] && lock=requirements/run.lock
  # The development set contains the other one: either stamp will do for `make run`.
  if grep -qsxF "$(stamp "$lock")" .venv/sohoa-stamp; then return; fi
  if [ "$purpose" = run ] && grep -qsxF "$(stamp requirements/dev.lock)" .venv/sohoa-stamp; then return; fi
  python=$(right_python)
  echo "Setting up .venv from $lock"
  if [[ "$(cat .venv/sohoa-stamp 2>/dev/null)" != *" in $PWD" ]] || ! .venv/bin/python -c '' 2>/dev/null; then
    rm -rf .venv
    "$python" -m venv .venv || fail "the virtual environment could not be made; install python3-venv"
  fi
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$lock" \
    || fail "Python packages could not be installed; check the network (or your package index), then run 'make $purpose' again"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . \
    || fail "the project itself could not be installed into .venv"
  # where bytecode may not be written later, every process would compile the project anew (0.7 CPU s)
  .venv/bin/python -m compileall -q ingest ocr signing storage api || fail "the project's modules could not be compiled"
  stamp "$lock" > .venv/sohoa-stamp
}

install_packages
install_environment
