# Sourced by the scripts beside it: how a private server is started, waited for and stopped.
# Exit codes of those scripts: 0 well, 1 failed, 2 wrong call, 3 a program is not installed.

usage() { echo "usage: $(basename "$0") start DIR PORT | stop DIR" >&2; exit 2; }

read_call() {
  verb=${1:-}; [ $# -ge 2 ] || usage
  dir=$(realpath -m "$2")
  case $verb in
    start) port=${3:-}; [ -n "$port" ] || usage; mkdir -p "$dir" ;;
    stop) [ -d "$dir" ] || exit 0 ;;
    *) usage ;;
  esac
}

need() { # need PACKAGE PROGRAM…: every program is there, or exit 3
  local package=$1 program; shift
  for program in "$@"; do
    command -v "$program" >/dev/null || { echo "$program is not installed (Debian: apt-get install $package)" >&2; exit 3; }
  done
}

free_port() { # a port nobody listens on, at or above $1
  local candidate=$1
  while (exec 3<>"/dev/tcp/127.0.0.1/$candidate") 2>/dev/null; do candidate=$((candidate + 1)); done
  echo "$candidate"
}

wait_until() { # wait_until SECONDS COMMAND…
  local tries=$(($1 * 5)); shift
  for _ in $(seq "$tries"); do "$@" >/dev/null 2>&1 && return 0; sleep 0.2; done
  echo "no answer: $*" >&2; return 1
}

stop_pid_file() { # ends the process in the file and waits for it, at most 20 s
  local pid
  [ -s "$1" ] || return 0
  pid=$(head -n 1 "$1")
  kill "$pid" 2>/dev/null || { rm -f "$1"; return 0; }
  for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.2; done
  kill -9 "$pid" 2>/dev/null || true
  rm -f "$1"
}

# Servers that refuse root get a user of their own; everybody else starts them as himself.
run_as() { # run_as USER COMMAND…
  local user=$1; shift
  if [ "$(id -u)" = 0 ]; then runuser -u "$user" -- "$@"; else "$@"; fi
}
own_folder() { # own_folder USER DIR
  mkdir -p "$2"
  if [ "$(id -u)" = 0 ]; then chown -R "$1" "$2"; fi
}
