"""Two sites of one database: one burns, the other takes over, and both change places again.

About twenty minutes on a quiet machine: each step waits for copies, which are made twice a minute.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from components.spec.words import seconds as in_seconds
from tests.lab.conftest import COPIES, LOCK_DAYS, Claim
from tests.lab.siting import Part, Sites
from tools import Fault
from tools.lab.bringup import bring_up
from tools.lab.cluster import Lab
from tools.lab.databases.copier import Copier
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment
from tools.lab.offsite.store import Offsite

pytestmark = [pytest.mark.own_parts("off-site store"), pytest.mark.group("alone")]

_ROWS = "select count(*), md5(string_agg(id::text || word, ',' order by id)) from members"
_ARCHIVED = f"{_ROWS} where word <> 'lost'"
_WRITE = "insert into members select max(id) + 1, clock_timestamp()::text from members"
_IDENTITY = "select system_identifier from pg_control_system()"
_TRIES = 600
_DELAYED_SECONDS = 60


@pytest.fixture
def sites(lab: Lab, environment: Environment) -> Iterator[Sites]:
    """The north, with a base backup in its copy, and the south, which follows that copy."""
    store = Offsite(lab)
    store.start()
    store.make_copy_bucket(COPIES, LOCK_DAYS)
    made = Sites(lab, store, lab.directory.parent / "sites" / "lab.py")
    environment.down()
    made.declare(north=Part('role="primary",', "south-postgres-g2"))
    made.up()
    try:
        north = made.database("north")
        north.wait_archiving()
        north.sql(
            "create table members as select g as id, md5(g::text) as word"
            " from generate_series(1, 1000) g; alter table members owner to shop"
        )
        north.back_up(f"north-{made.run}")
        north.archive_now()
        Copier.of(north).wait_whole()
        made.declare(south=Part('role="replica",', "north-postgres", "north-postgres"))
        made.up()
        yield made
    finally:
        made.environment.down()
        bring_up(lab)
        environment.up()


def _written(database: Deployed) -> None:
    """Write a row that is acknowledged, archived and copied."""
    database.sql(_WRITE)
    database.archive_now()
    Copier.of(database).wait_whole()


def _answer(database: Deployed, query: str) -> str:
    """Return its answer; "" while PostgreSQL restarts."""
    with suppress(Fault, KeyError):
        return database.sql(query)
    return ""


def _follows(database: Deployed, wanted: str) -> None:
    """Wait until a replica has replayed what the other site acknowledged."""
    database.lab.wait(
        f"{database.name} has the rows of the other site",
        lambda: _answer(database, _ROWS) == wanted,
        600,
    )
    assert database.sql("select pg_is_in_recovery()") == "t"


def _settled(database: Deployed) -> None:
    """Wait for the restart after a promotion: CloudNativePG has replicas archive by `always`.

    Where it waited for a token it has written the configuration and not reloaded it
    (instance_controller.go, v1.30.0), and restarts with the next reload.
    """

    def restarted() -> bool:
        _answer(database, "select pg_reload_conf()")
        return _answer(database, "show archive_mode") == "on"

    database.lab.wait(f"{database.name} has restarted", restarted, 300)


class _Reached:
    """The moment from which a database accepts a write, seen by a thread."""

    def __init__(self, lab: Lab, database: Deployed) -> None:
        self._lab, self._database, self.at = lab, database, 0.0
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        write = "create table if not exists written (at timestamptz); insert into written"
        # A client for each thread.
        path, own = self._database, Lab(self._lab.directory)
        there = Deployed(own, path.namespace, path.name, None, path.image, holds=path.holds)
        for _ in range(_TRIES):
            with suppress(Fault, KeyError):
                there.sql(f"{write} values (now())")
                self.at = time.monotonic()
                return
            time.sleep(1)

    def seconds(self, began: float) -> float:
        """Wait for it, and return how long it took."""
        self._thread.join()
        assert self.at, f"{self._database.name} accepted no write"
        return self.at - began


def _refused(act: Callable[[], object]) -> str:
    with pytest.raises(Fault) as refused:
        act()
    return str(refused.value)


def test_a_burnt_site_is_taken_over_by_the_other_and_follows_it_later(
    lab: Lab, sites: Sites, claim: Claim
) -> None:
    rto = in_seconds(sites.environment.spec.databases["south"].objectives.rto)
    north, south = sites.database("north"), sites.database("south")
    identity = north.sql(_IDENTITY)
    _written(north)
    wanted = north.sql(_ROWS)
    _follows(south, wanted)
    assert "read-only transaction" in _refused(
        lambda: south.sql("insert into members values (0, 'too early')")
    )
    south.wait_backed_up()  # it has a recovery window before it is promoted

    # As a time machine it shows rows as they were, and a promotion loses nothing by it.
    delayed = 'min_apply_delay="1h",'
    sites.declare(south=Part(f'role="replica", {delayed}', "north-postgres", "north-postgres"))
    sites.up()
    _written(north)
    time.sleep(_DELAYED_SECONDS)
    assert south.sql(_ROWS) == wanted, "what is delayed is there already"
    wanted = north.sql(_ROWS)

    north.sql("insert into members select max(id) + 1, 'lost' from members")
    north.burn()
    began = time.monotonic()
    sites.declare(
        south=Part(
            f'role="primary", lost="the north burnt down", {delayed}',
            "north-postgres",
            "north-postgres",
        )
    )
    reached = _Reached(lab, south)
    sites.up()
    claim("pulumi up of the promotion", time.monotonic() - began, "s")
    took = reached.seconds(began)
    claim("from the change to the first write", took, "s")
    assert took <= rto
    _settled(south)
    claim("from the change to the end of the restart after it", time.monotonic() - began, "s")
    assert south.sql(_ARCHIVED) == wanted, "an acknowledged row that was archived is missing"
    assert south.sql(_IDENTITY) == identity
    south.wait_archiving()

    # The way back: the north follows, by a generation from the copy of the south's archive.
    _written(south)
    sites.declare(
        north=Part('role="replica",', "south-postgres-g2", "south-postgres-g2"),
        south=Part(
            'role="primary", lost="the north burnt down",', "north-postgres-g2", "north-postgres"
        ),
    )
    began = time.monotonic()
    sites.up()
    north = sites.database("north")
    _follows(north, south.sql(_ROWS))
    claim("the burnt site follows again, restored", time.monotonic() - began, "s")
    assert north.name == "north-postgres-g2"

    _changed_places(lab, sites, claim)


def _changed_places(lab: Lab, sites: Sites, claim: Claim) -> None:
    """Demote the south and promote the north by its token; the south follows with its own data."""
    north, south = sites.database("north"), sites.database("south")
    _written(south)
    south.sql(_WRITE)  # in a segment that nothing closes but the demotion
    wanted, volume = south.sql(_ROWS), south.volume(str(south.status()["currentPrimary"]))
    began = time.monotonic()
    follower = Part('role="replica",', "north-postgres-g2", "north-postgres")
    sites.declare(south=follower)
    sites.up()
    south.wait("demoted", lambda status: status.get("demotionToken"), 600)
    token = south.status()["demotionToken"]
    sites.declare(
        north=Part(
            f'role="primary", promotion_token="{token}",',
            "south-postgres-g2",
            "south-postgres-g2",
        )
    )
    reached = _Reached(lab, north)
    sites.up()
    claim("change of places, without a write", reached.seconds(began), "s")
    _settled(north)
    assert north.sql(_ROWS) == wanted, "a demotion loses nothing, archived or not"
    _written(north)
    _follows(south, north.sql(_ROWS))
    assert south.volume(str(south.status()["currentPrimary"])) == volume, "it was restored"
