"""Lines of pg_hba.conf are read as PostgreSQL reads them.

Each was held against servers of 14 to 18, by pg_hba_file_rules; tests/engine asks the newest again.
"""

import pytest

from components.postgres.cluster_spec import cluster_spec
from components.postgres.hba import UnreadableError, read
from components.postgres.heartbeat import CLIENTS
from tests import valid

READ = (
    "host all all all scram-sha-256",
    "hostssl all all 10.0.0.0/8 scram-sha-256",
    "hostssl\tapp all 192.168.1.1/32   md5",
    "host app, reports app,+readers samenet password",
    'host "all" "Ä b" samehost reject',
    "host sameuser all 10.1.2.3/8 md5",
    "host samerole all 10.0.0.0 255.0.0.0 md5",
    "host replication cdc fd00::/8 scram-sha-256",
    "hostnossl all all ::/0 reject",
    "hostssl all all .example.org cert",
    "hostssl all all db-1.example.org cert clientcert=verify-full clientname=DN",
    "hostssl all all all scram-sha-256 clientcert=verify-ca",
    "hostgssenc all all all reject",
    "hostnogssenc all all all trust",
)
REFUSED = (
    "",
    "host",
    "host all all",
    "host all all 10.0.0.0/8",
    "hosts all all all md5",
    "HOST all all all md5",
    "host all all 10.0.0.0/33 md5",
    "host all all 10.0.0.1 md5",
    "host all all 10.0.0.0,11.0.0.0/8 md5",
    "host all all all scram-sha256",
    "host all all all SCRAM-SHA-256",
    "host all all all cert",
    "host all all all peer",
    "host all all all md5 clientcert=verify-ca",
    "hostssl all all all md5 clientcert=1",
    "hostssl all all all cert clientcert=verify-ca",
    "hostssl all all all md5 whatever=1",
    "hostssl all all all md5 whatever",
    'host "all all all md5',
)
STRICTER = (
    # Read by PostgreSQL: it waits for what no field makes, or means another thing.
    "local all all peer",
    "# host all all all md5",
    "host all all all md5 # clients",
    "host @names all all md5",
    "include_if_exists more.conf",
    "host all all 10.0.0/8 md5",
    "host all all 10.0.0.300 md5",
    "host all all ${podselector:app} md5",
    "host all all all gss",
    "hostssl all all all cert map=people",
)


@pytest.mark.parametrize("line", READ)
def test_what_postgresql_reads_is_accepted(line: str) -> None:
    assert read(line).method in line


@pytest.mark.parametrize("line", [*REFUSED, *STRICTER, "host all all all md5\nhost a b c trust"])
def test_what_it_does_not_read_or_cannot_do_has_a_fix(line: str) -> None:
    with pytest.raises(UnreadableError, match=r"; (write|leave) "):
        read(line)


def test_a_list_goes_on_after_a_comma_and_a_blank() -> None:
    found = read("host app, reports app,+readers samenet password")
    assert (found.databases, found.users) == (["app", "reports"], ["app", "+readers"])


def test_drills_come_before_a_line_that_lets_nobody_in() -> None:
    spec = valid.database(pg_hba=["host all all all reject"])
    said = cluster_spec(spec, spec.current, drilled=True)["postgresql"]["pg_hba"]
    assert said == [*CLIENTS, "host all all all reject"]
