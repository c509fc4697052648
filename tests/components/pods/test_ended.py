"""When transactions ended, out of what pg_waldump prints."""

from components.pods.ended import endings
from tests.components.pods.conftest import at

# What pg_waldump 17 prints, with TZ=UTC.
_DUMP = """\
rmgr: Transaction len (rec/tot):    405/   405, tx:        743, lsn: 0/03002B98, prev 0/03002B58, \
desc: COMMIT 2026-11-24 16:00:10.000001 UTC; inval msgs: catcache 80 catcache 79
rmgr: Transaction len (rec/tot):     34/    34, tx:        744, lsn: 0/03002D48, prev 0/03002D08, \
desc: ABORT 2026-11-24 16:00:20.000002 UTC
rmgr: Transaction len (rec/tot):     50/    50, tx:          0, lsn: 0/03002D70, prev 0/03002D48, \
desc: INVALIDATION ; inval msgs: catcache 80
rmgr: Transaction len (rec/tot):     58/    58, tx:        745, lsn: 0/03002E00, prev 0/03002D70, \
desc: COMMIT_PREPARED 745: 2026-11-24 16:00:30.000003 UTC
"""

# What pg_waldump 15 prints.
_PREPARED = """\
rmgr: Transaction len (rec/tot):    242/   242, tx:        727, lsn: 0/0061EF70, prev 0/0061EF30, \
desc: PREPARE gid p2: 2026-11-24 16:00:40.510988 UTC
rmgr: Transaction len (rec/tot):     42/    42, tx:          0, lsn: 0/0061F068, prev 0/0061EF70, \
desc: ABORT_PREPARED 727: 2026-11-24 16:00:50.518775 UTC
rmgr: Transaction len (rec/tot):    242/   242, tx:        728, lsn: 0/0061F0D8, prev 0/0061F098, \
desc: PREPARE gid p3: 2026-11-24 16:00:59.526657 UTC
"""


def test_commits_and_aborts_end_a_transaction_and_what_else_waldump_prints_does_not() -> None:
    assert endings(_DUMP.splitlines()) == [at(10.000001), at(20.000002), at(30.000003)]


def test_a_transaction_that_is_only_prepared_has_not_ended() -> None:
    assert endings(_PREPARED.splitlines()) == [at(50.518775)]


def test_what_a_dead_timeline_wrote_after_the_branch_is_not_counted() -> None:
    assert endings(_DUMP.splitlines(), until=0x3002D48) == [at(10.000001)]


def test_what_the_timeline_before_wrote_into_a_segment_is_told_apart() -> None:
    assert endings(_DUMP.splitlines(), since=0x3002D48) == [at(20.000002), at(30.000003)]
