#!/usr/bin/env bash
# A private S3 store, one real Ceph node in one folder (about 15 s, 450 MB of memory):  ceph.sh start DIR PORT | stop DIR
# DIR must be short: a socket's path has at most 107 characters.
set -euo pipefail
. "$(dirname "$0")/service.sh"
read_call "$@"
need "radosgw ceph-mon ceph-osd ceph-mgr ceph-common" ceph ceph-authtool monmaptool ceph-mon ceph-osd ceph-mgr radosgw radosgw-admin curl
home=$dir/ceph
if [ "$verb" = stop ]; then
  # the gateway first: it waits for an answer of the others when it ends
  for name in client.rgw mgr.x osd.0 mon.a; do stop_pid_file "$home/run/$name.pid"; done
  exit 0
fi
[ ! -e "$home/ceph.conf" ] || { echo "$home was used before; give an empty folder" >&2; exit 1; }
mkdir -p "$home"/{run,log,mon,osd,mgr,rgw}
conf=$home/ceph.conf; keys=$home/keyring; fsid=$(cat /proc/sys/kernel/random/uuid); mon=127.0.0.1:$(free_port $((port + 1)))
cat > "$conf" <<CONF
[global]
fsid = $fsid
mon host = v2:$mon/0
mon initial members = a
public network = 127.0.0.0/8
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
bluestore block size = 4294967296
osd memory target = 939524096
run dir = $home/run
pid file = $home/run/\$name.pid
admin socket = $home/run/\$name.asok
log file = $home/log/\$name.log
mon cluster log file = $home/log/cluster.log
mon data = $home/mon
osd data = $home/osd
mgr data = $home/mgr
rgw data = $home/rgw
keyring = $keys
rgw frontends = beast endpoint=127.0.0.1:$port tcp_nodelay=1
rgw dns name = 127.0.0.1
CONF
key() { ceph-authtool "$keys" --gen-key -n "$@" >/dev/null; }
# keys are needed although nobody else is there: radosgw does not start without authentication
ceph-authtool -C "$keys" >/dev/null
key mon. --cap mon 'allow *'
key client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
key mgr.x --cap mon 'allow profile mgr' --cap osd 'allow *'
key osd.0 --cap mon 'allow profile osd' --cap mgr 'allow profile osd' --cap osd 'allow *'
key client.rgw --cap mon 'allow rwx' --cap osd 'allow rwx'
monmaptool --create --fsid "$fsid" --addv a "[v2:$mon]" "$home/monmap" >/dev/null
{
  ceph-mon -c "$conf" --mkfs -i a --monmap "$home/monmap" --keyring "$keys"
  ceph-mon -c "$conf" -i a
  osd=$(cat /proc/sys/kernel/random/uuid)
  ceph -c "$conf" osd new "$osd"
  ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$osd"
  ceph -c "$conf" osd crush add osd.0 1.0 root=default host=localhost
  ceph-osd -c "$conf" -i 0
  ceph-mgr -c "$conf" -i x # no pool is made without a manager
  radosgw -c "$conf" -n client.rgw
  wait_until 90 curl -s -o /dev/null "http://127.0.0.1:$port"
  radosgw-admin -c "$conf" -n client.rgw user create --uid=test --display-name=test --access-key=test --secret-key=testsecret
} </dev/null >"$home/log/start.out" 2>&1 || { tail -n 20 "$home/log/start.out" >&2; exit 1; }
echo "s3://test:testsecret@127.0.0.1:$port/sohoa?secure=0"
