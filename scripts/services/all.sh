#!/usr/bin/env bash
# Every test server that is installed, once, for many test runs:
#   eval "$(scripts/services/all.sh start DIR)"     sets SOHOA_TEST_POSTGRES_URL, …REDIS_URL, …RABBITMQ_URL, …S3_URL
#   scripts/services/all.sh stop DIR
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/service.sh"
read_call "${1:-}" "${2:-/tmp/sohoa-services}" 0
if [ "$verb" = stop ]; then
  for name in postgres redis rabbitmq ceph; do "$here/$name.sh" stop "$dir" || true; done
  exit 0
fi
chmod 755 "$dir"
next=20400
for pair in postgres:POSTGRES redis:REDIS rabbitmq:RABBITMQ ceph:S3; do
  port=$(free_port $next); next=$((port + 20))
  if url=$("$here/${pair%%:*}.sh" start "$dir" "$port"); then echo "export SOHOA_TEST_${pair##*:}_URL='$url'"; fi
done
