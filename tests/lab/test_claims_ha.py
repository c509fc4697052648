"""What is lost, and for how long, when a primary is taken away under load.

A killed primary keeps its volume; one that is lost does not. About two minutes each on a quiet
machine.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from components.postgres import PostgresSpec
from components.postgres.cluster_spec import cluster_spec
from components.postgres.replication import SynchronousSpec
from components.spec.words import seconds as in_seconds
from tests.lab.conftest import Claim
from tools.lab import pods
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment
from tools.lab.databases.load import Writer, load, longest_silence, missing

_FROZEN_SECONDS = 3.0
_NOTED_SECONDS = 1.0
"""How long after its commit a busy client may note that it was acknowledged."""
_RECEIVER = "select pid from pg_stat_wal_receiver"
_SYNCHRONOUS = "select count(*) from pg_stat_replication where sync_state = 'quorum'"


@pytest.mark.group("killed")
def test_a_killed_primary_is_replaced_and_writes_go_on(
    n8n: Deployed, environment: Environment, claim: Claim
) -> None:
    with n8n.copied("n8n-killed", 2) as database:
        database.wait_archiving()
        old = database.status()["currentPrimary"]
        with load(database) as writer:
            time.sleep(5)
            database.lab.kube.delete("v1", "Pod", old, database.namespace, grace=0)
            killed = time.time()
            acknowledged = _failed_over(database, old, writer)
        database.wait_healthy(2)
        lost = missing(database, acknowledged)
    silence = longest_silence(acknowledged, killed)
    claim("without an accepted write", silence, "s")
    claim(
        "acknowledged transactions lost, asynchronous standby", len(lost), f"of {len(acknowledged)}"
    )
    assert silence < in_seconds(environment.spec.databases["n8n"].objectives.rto)


@pytest.mark.group("synchronous")
def test_with_synchronous_replication_no_acknowledged_transaction_is_lost(
    n8n: Deployed, environment: Environment, claim: Claim
) -> None:
    deployed = environment.spec.databases["n8n"]
    spec = PostgresSpec(**dict(deployed) | {"instances": 3, "synchronous": SynchronousSpec()})
    postgresql = cluster_spec(spec, spec.current)["postgresql"]
    with n8n.copied("n8n-sync", 3, parts={"postgresql": postgresql}) as database:
        old = database.status()["currentPrimary"]
        volume = database.volume(old)
        with load(database) as writer:
            database.lab.wait("2 standbys", lambda: database.sql(_SYNCHRONOUS) == "2")
            time.sleep(5)
            # With nobody else receiving, an asynchronous primary would lose what it accepts now.
            with _frozen(database, old):
                frozen = time.time()
                time.sleep(_FROZEN_SECONDS)
                database.lose(old)
            acknowledged = _failed_over(database, old, writer)
        lost = missing(database, acknowledged)
        survived = database.volume(old) == volume
    silence = longest_silence(acknowledged, frozen)
    alone = [
        at
        for at in acknowledged.values()
        if frozen + _NOTED_SECONDS < at < frozen + _FROZEN_SECONDS
    ]
    before = sum(at <= frozen for at in acknowledged.values())
    claim("acknowledged transactions lost with primary and volume", len(lost), f"of {before}")
    claim(f"without an accepted write, {_FROZEN_SECONDS:.0f} s frozen", silence, "s")
    assert not alone, "commits were acknowledged that no standby had received"
    assert not survived, "the old primary's volume is still there"
    assert not lost
    assert silence < in_seconds(deployed.objectives.rto)


def _failed_over(database: Deployed, old: str, writer: Writer) -> dict[int, float]:
    """Wait until another primary accepts writes; return the rows acknowledged until then."""
    database.wait("failed over", lambda status: status["currentPrimary"] != old)
    # A standby asks the archive first: where that hangs, what is synchronous waits for it.
    writer.wait_written_after(time.time())
    return writer.acknowledged()


@contextmanager
def _frozen(database: Deployed, primary: str) -> Iterator[None]:
    """Stop the receiving of WAL on every standby, and let it go on."""
    standbys = [name for name in database.status()["instanceNames"] if name != primary]
    receivers = {name: database.sql(_RECEIVER, pod=name) for name in standbys}
    with ExitStack() as stack:
        for name, process in receivers.items():
            place = (database.namespace, name, "postgres")
            stack.enter_context(pods.standing_still(database.lab, place, process))
        yield
