#!/usr/bin/env bash
# A private RabbitMQ in one folder, with its own name server (epmd):  rabbitmq.sh start DIR PORT | stop DIR
set -euo pipefail
. "$(dirname "$0")/service.sh"
read_call "$@"
# /usr/sbin has only a wrapper that insists on the system's own user and folders
server=/usr/lib/rabbitmq/bin
[ -x $server/rabbitmq-server ] || { echo "rabbitmq-server is not installed (Debian: apt-get install rabbitmq-server)" >&2; exit 3; }
need erlang-base erl epmd
home=$dir/rabbitmq; mkdir -p "$home"
if [ "$verb" = stop ]; then
  stop_pid_file "$home/pid"
  if [ -s "$home/epmd" ]; then ERL_EPMD_PORT=$(cat "$home/epmd") epmd -kill >/dev/null 2>&1 || true; fi
  exit 0
fi
export ERL_EPMD_PORT=$port ERL_EPMD_ADDRESS=127.0.0.1
# RabbitMQ starts epmd itself, but gives up when that is slow or its port was taken meanwhile
for _ in 1 2 3; do
  ERL_EPMD_PORT=$(free_port $((ERL_EPMD_PORT + 1)))
  epmd -daemon || true
  if wait_until 20 epmd -names 2>/dev/null; then break; fi
done
echo "$ERL_EPMD_PORT" > "$home/epmd"
RABBITMQ_DIST_PORT=$(free_port $((ERL_EPMD_PORT + 1)))
: > "$home/plugins"; : > "$home/env"
cat > "$home/rabbitmq.conf" <<CONF
listeners.tcp.1 = 127.0.0.1:$port
log.console = false
log.file.level = warning
disk_free_limit.absolute = 50MB
CONF
export RABBITMQ_DIST_PORT HOME=$home
export RABBITMQ_NODENAME=sohoa$port@localhost RABBITMQ_CONFIG_FILE=$home/rabbitmq.conf RABBITMQ_CONF_ENV_FILE=$home/env
export RABBITMQ_MNESIA_BASE=$home/mnesia RABBITMQ_LOG_BASE=$home/log RABBITMQ_PID_FILE=$home/pid
export RABBITMQ_ENABLED_PLUGINS_FILE=$home/plugins RABBITMQ_GENERATED_CONFIG_DIR=$home/generated
export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+sbwt none"
unset RABBITMQ_NODE_PORT RABBITMQ_NODE_IP_ADDRESS
setsid $server/rabbitmq-server >"$home/out" 2>&1 </dev/null &
answers() { # an AMQP server answers a wrong greeting with its own
  exec 3<>"/dev/tcp/127.0.0.1/$port" && printf 'AMQP\0\0\0\0' >&3 && head -c 4 <&3 | grep -q AMQP; local is=$?; exec 3>&- || true; return $is
}
wait_until 170 answers || { tail -n 20 "$home/out" >&2; exit 1; }
echo "amqp://guest:guest@127.0.0.1:$port//"
