#!/bin/sh
# Dumps database $NAME of the clone, restores it into the live cluster, and compares the two.
#
# It runs in a Job with the database's image. The database has the same name on both, so that
# `pg_restore --create` makes it with its owner, encoding, locale, settings and rights, and the two
# texts of `pg_dump --create` are the same. Lines that begin with `step:`, `differs:` or `note:` are
# for the command that follows the Job. What a difference is made of is not printed: a user mapping
# has a password. Ends with 3 if something differs.
set -eu
umask 077

PATH="/usr/lib/postgresql/$MAJOR/bin:$PATH" # before Debian's wrappers, which need Perl
PGPASSWORD=$(cat "$SECRET/password")
PGUSER=tier0_restore
# What is created belongs to the superuser that stays, even where no statement names an owner.
PGOPTIONS='-c role=postgres -c statement_timeout=0 -c lock_timeout=0'
PGOPTIONS="$PGOPTIONS -c idle_in_transaction_session_timeout=0 -c client_min_messages=warning"
PGAPPNAME="tier0 restore"
TMPDIR=$WORK
LC_ALL=C
export PATH PGPASSWORD PGUSER PGOPTIONS PGAPPNAME TMPDIR LC_ALL

# shellcheck disable=SC2030,SC2031 # each sets them for its own program only
on_clone() (
    export PGHOST="$CLONE" PGSSLROOTCERT="$SECRET/clone.crt"
    "$@"
)
# shellcheck disable=SC2031 # as above
on_live() (
    export PGHOST="$LIVE" PGSSLROOTCERT="$SECRET/live.crt"
    "$@"
)
# Not an argument: those are read as connection strings where they look like one.
in_database() (
    export PGDATABASE="$NAME"
    "$@"
)
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$@"; }
# The name is in UTF-8. Elsewhere no encoding is set, as text of a database without one fits none.
with_name() (
    export PGCLIENTENCODING=UTF8
    sql -v name="$NAME" --dbname postgres
)
step() { printf 'step: %s\n' "$*"; }

restore() {
    # The superuser is under no row security. Owners are: a materialized view is filled as its owner.
    pg_restore --exit-on-error --enable-row-security --no-subscriptions "$@" "$WORK/dump"
}

rows() {
    in_database sql <<'SQL'
create temp view kept as
select c.oid, c.relkind, c.relispopulated, n.nspname, c.relname
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relpersistence <> 't' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and not exists (
    -- A table that an extension fills is dumped only where the extension says so.
    select from pg_depend d join pg_extension e on e.oid = d.refobjid
    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
      and d.refclassid = 'pg_extension'::regclass
      and c.oid <> all (coalesce(e.extconfig, '{}')));
select format('select %L || count(*) from %I.%I',
    format('rows of %I.%I: ', nspname, relname), nspname, relname)
from kept where relkind = 'r' or relkind = 'm' and relispopulated \gexec
select format('select %L || last_value || %L || is_called from %I.%I',
    format('sequence %I.%I: last value ', nspname, relname), ', called ', nspname, relname)
from kept where relkind = 'S' \gexec
select format('constraint %I on %s: %s', conname, conrelid::regclass,
    case when convalidated then 'valid' else 'not valid' end)
from pg_constraint where contype in ('c', 'f') and conrelid <> 0;
select format('large objects of %I: %s', rolname, count(*))
from pg_largeobject_metadata join pg_roles r on r.oid = lomowner group by rolname;
select 'bytes of large objects: ' || coalesce(sum(length(data)), 0) from pg_largeobject;
SQL
}

# One line for each object, and for each statement of its rights, which have no order.
structure() {
    file=$1
    shift
    in_database pg_dump --schema-only --no-subscriptions "$@" >"$file.sql"
    awk '/^\\(un)?restrict / || /^-- Dumped (from|by) / { next }
        /^-- Name: / { print record; head = record = $0; next }
        head ~ /; Type: (DEFAULT )?ACL;/ { print head "\\n" $0; next }
        { record = record "\\n" $0 }
        END { print record }' "$file.sql"
}

extensions() {
    in_database sql <<'SQL'
select format('extension %I %s, owned by %I', extname, extversion, pg_get_userbyid(extowner))
from pg_extension;
SQL
}

look() {
    rows >"$1.rows"
    structure "$1" --create >"$1.structure"
    sort "$1.rows" "$1.structure" >"$1"
    extensions >"$1.unsorted"
    sort "$1.unsorted" >"$1.extensions"
}

# Restores the clone's structure on the clone: PostgreSQL writes some expressions in another way once
# they are restored, such as `in` over a list of varchar.
twin() {
    with_name <<'SQL'
drop database if exists tier0_twin with (force);
select pg_encoding_to_char(encoding) as encoding from pg_database where datname = :'name' \gset
create database tier0_twin template template0 encoding :'encoding' lc_collate 'C' lc_ctype 'C';
SQL
    restore --schema-only --dbname tier0_twin
    (
        NAME=tier0_twin
        structure "$1"
    ) >"$1.structure"
    echo 'drop database tier0_twin with (force);' | with_name
}

# Prints what only one side has. A definition may be the clone's, or that of its twin. The text of an
# object is left out.
differences() {
    comm -3 "$WORK/clone" "$WORK/restored" >"$WORK/both"
    awk -v twin="$WORK/twin.structure" '
        function head(line) { sub(/\\n.*/, "", line); return line }
        BEGIN { while ((getline line <twin) > 0) made[line] }
        { lines[NR] = $0 }
        sub(/^\t/, "") && $0 in made { excused[head($0)]++; delete lines[NR] }
        END {
            for (at = 1; at <= NR; at++) if (at in lines) {
                line = lines[at]
                restored = sub(/^\t/, "", line)
                line = head(line)
                if (!restored && excused[line]-- > 0) continue
                sub(/^-- Name: /, "", line)
                print "differs: " (restored ? "restored: " : "clone: ") line
            }
        }' "$WORK/both"
}

step dump
rm -rf "$WORK/dump"
on_clone in_database pg_dump --format directory --jobs "$JOBS" --compress 1 --no-subscriptions \
    --file "$WORK/dump"

step restore
echo 'drop database if exists :"name" with (force);' | on_live with_name
# Rights and what needs them come after all else, one by one: several processes would make a grant by
# a role before that role may use the schema. A right of the database itself needs --create.
: >"$WORK/last"
pg_restore --list --create "$WORK/dump" | awk -v last="$WORK/last" '
    /^[0-9]+; [0-9]+ [0-9]+ ACL - DATABASE / { print; next }
    /^[0-9]+; [0-9]+ [0-9]+ (DEFAULT )?ACL / ||
    /^[0-9]+; [0-9]+ [0-9]+ MATERIALIZED VIEW DATA / ||
    /^[0-9]+; [0-9]+ [0-9]+ ((COMMENT|SECURITY LABEL) - )?EVENT TRIGGER / { print >last; next }
    { print }' >"$WORK/first"
on_live restore --create --jobs "$JOBS" --use-list "$WORK/first" --dbname postgres
on_live in_database restore --use-list "$WORK/last" --dbname ''

step analyze
on_live in_database vacuumdb --quiet --analyze-only --jobs "$JOBS" --dbname '' ||
    echo "note: statistics are missing in part, until autovacuum writes them"

step check
on_clone look "$WORK/clone" &
cloned=$!
on_live look "$WORK/restored"
wait "$cloned"
comm -3 "$WORK/clone.extensions" "$WORK/restored.extensions" |
    sed -e 's/^	/note: restored: /; t' -e 's/^/note: clone: /'
if ! cmp -s "$WORK/clone" "$WORK/restored"; then
    on_clone twin "$WORK/twin"
    differences >"$WORK/differences"
    if [ -s "$WORK/differences" ]; then
        cat "$WORK/differences"
        exit 3
    fi
fi
step checked
