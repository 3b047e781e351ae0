#!/usr/bin/env bash
# A private Redis in one folder, nothing kept on disk:  redis.sh start DIR PORT | stop DIR
set -euo pipefail
. "$(dirname "$0")/service.sh"
read_call "$@"
need redis-server redis-server redis-cli
home=$dir/redis; mkdir -p "$home"
if [ "$verb" = stop ]; then stop_pid_file "$home/pid"; exit 0; fi
redis-server --bind 127.0.0.1 --port "$port" --dir "$home" --pidfile "$home/pid" --logfile "$home/log" \
  --daemonize yes --save "" --appendonly no >/dev/null
wait_until 20 redis-cli -h 127.0.0.1 -p "$port" ping
echo "redis://127.0.0.1:$port/0"
