#!/usr/bin/env bash
# A private PostgreSQL in one folder:  postgres.sh start DIR PORT | stop DIR
# Not for keeping: it does not sync to disk unless SOHOA_POSTGRES_FSYNC=on. SOHOA_POSTGRES_CONF=FILE: settings, in place of small memory.
set -euo pipefail
. "$(dirname "$0")/service.sh"
read_call "$@"
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb || echo /nowhere/initdb)")
[ -x "$bin/initdb" ] || { echo "initdb is not installed (Debian: apt-get install postgresql)" >&2; exit 3; }
home=$dir/postgres
if [ "$verb" = stop ]; then
  [ ! -f "$home/data/postmaster.pid" ] || run_as postgres "$bin/pg_ctl" -D "$home/data" -m fast -w stop >/dev/null
  exit 0
fi
own_folder postgres "$home"
if [ ! -f "$home/data/PG_VERSION" ]; then
  echo sohoa > "$home/password"
  own_folder postgres "$home"
  (cd "$home" && run_as postgres "$bin/initdb" -D "$home/data" -U sohoa -A scram-sha-256 --pwfile="$home/password" \
    --encoding=UTF8 --locale=C --no-sync >/dev/null)
fi
memory="-c shared_buffers=64MB"
if [ -n "${SOHOA_POSTGRES_CONF:-}" ]; then
  cp "$SOHOA_POSTGRES_CONF" "$home/data/postgresql.auto.conf"
  own_folder postgres "$home"
  memory=
fi
(cd "$home" && run_as postgres "$bin/pg_ctl" -D "$home/data" -l "$home/log" -w -t 60 -o "-c listen_addresses=127.0.0.1 -c port=$port \
  -c unix_socket_directories= -c fsync=${SOHOA_POSTGRES_FSYNC:-off} -c max_connections=300 $memory" start >/dev/null)
echo "postgresql://sohoa:sohoa@127.0.0.1:$port/postgres"
