"""Environments of one checkout that would take something from each other."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from components.spec import drafting
from components.spec.words import retention_days, seconds
from stacks.check import InvalidEnvironment, compared, load, loading
from tests import valid
from tests.support import to_module

OTHER_CLUSTER = {"context": "staging"}
OTHER_BUCKET = {"offsite.bucket": "staging-archives"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of environments with one in it: production."""
    monkeypatch.setattr(loading, "_HERE", tmp_path)
    to_module(valid.edited("production"), tmp_path / "production.py")
    return tmp_path


def _add_staging(folder: Path, changes: Mapping[str, object]) -> None:
    """Write an environment `staging` to *folder*: production with *changes*, which may be wrong."""
    with drafting():
        to_module(valid.edited("production", changes), folder / "staging.py")


def _said(name: str) -> list[str]:
    try:
        load(name)
    except InvalidEnvironment as error:
        return str(error).splitlines()
    return []


def test_two_environments_do_not_archive_to_one_place_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_HERE", tmp_path)
    to_module(valid.elsewhere(), tmp_path / "one.py")
    to_module(valid.elsewhere({"context": "other"}), tmp_path / "two.py")
    assert _said("one") == [
        "databases.n8n.backup.bucket: s3://archives/clusters/homelab/n8n-postgres/ is also the "
        "archive of two's databases.n8n; write another bucket or another path"
    ]
    bucket = {"databases.n8n.backup.bucket": valid.existing_bucket(path="clusters/other")}
    to_module(valid.elsewhere({"context": "other", **bucket}), tmp_path / "two.py")
    assert _said("one") == []


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({}, {"endpoint": "https://S3.example.org:443/"}),
        ({}, {"endpoint": "https://s3.example.org."}),
        ({"endpoint": None}, {"endpoint": "https://s3.dualstack.eu-west-1.amazonaws.com"}),
    ],
    ids=["the usual port", "the whole name", "AWS"],
)
def test_a_place_elsewhere_is_one_however_its_address_is_written(
    one: dict[str, Any], two: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_HERE", tmp_path)
    for name, store in (("one", one), ("two", two)):
        changes = {"context": name, "object_store": valid.s3(**store)}
        to_module(valid.elsewhere(changes), tmp_path / f"{name}.py")
    for name, other in (("one", "two"), ("two", "one")):
        assert _said(name) == [
            "databases.n8n.backup.bucket: s3://archives/clusters/homelab/n8n-postgres/ is also the "
            f"archive of {other}'s databases.n8n; write another bucket or another path"
        ]


def test_another_port_is_another_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_HERE", tmp_path)
    to_module(valid.elsewhere(), tmp_path / "one.py")
    there = valid.s3(endpoint="https://s3.example.org:9000")
    to_module(valid.elsewhere({"context": "two", "object_store": there}), tmp_path / "two.py")
    assert _said("one") == []


def test_two_environments_on_one_cluster_are_both_refused(folder: Path) -> None:
    _add_staging(folder, OTHER_BUCKET)
    for name, other in (("staging", "production"), ("production", "staging")):
        assert _said(name) == [
            f"context: 'production' is also the cluster of {other}, and both would own the same "
            "objects; write the context of another cluster"
        ]


def test_two_environments_that_copy_to_one_place_are_both_refused(folder: Path) -> None:
    _add_staging(folder, OTHER_CLUSTER)
    for name, other in (("staging", "production"), ("production", "staging")):
        assert _said(name) == [
            "offsite.bucket: the copies of databases.orders would mix with those of "
            f"{other}'s databases.orders; write another bucket"
        ]


def test_environments_with_a_cluster_and_a_bucket_each_are_sound(folder: Path) -> None:
    _add_staging(folder, OTHER_CLUSTER | OTHER_BUCKET)
    assert _said("production") == _said("staging") == []


def test_one_with_faults_of_its_own_keeps_no_other_from_being_deployed(folder: Path) -> None:
    _add_staging(folder, {"databases.orders.backup.schedule": "x 0 */6 * * *"})
    assert _said("production") == []
    assert [line.partition(":")[0] for line in _said("staging")] == [
        "databases.orders.backup.schedule"
    ]


NORTH = {
    "databases.orders.cluster": "orders-north",
    "databases.orders.objectives": valid.objectives(rpo="5m", rto="15m"),
    "offsite.bucket": "north-copies",
}
SOUTH = OTHER_CLUSTER | {
    "databases.orders.cluster": "orders-south",
    "databases.orders.active": 2,
    "databases.orders.removed": [1],
    "offsite.bucket": "south-copies",
}


def _archive_of(environment: str, changes: Mapping[str, object]) -> dict[str, Any]:
    """Return the fields that say where another environment reads the copy of this one's archive."""
    made = valid.edited(environment, changes)
    offsite, bucket = made.offsite, made.databases["orders"].backup.bucket.bucket
    assert offsite
    return {"endpoint": offsite.endpoint, "bucket": offsite.bucket, "folder": bucket}


def _sites(
    folder: Path,
    north: Mapping[str, Any],
    south: Mapping[str, Any],
    *,
    follows: str = "orders-north",
    generations: Sequence[Any] = (),
) -> tuple[list[str], list[str]]:
    """Return what is said of the north and of the south, whose sites say this."""
    at_north = _archive_of("production", NORTH)
    at_south = _archive_of("production", SOUTH | {"databases.orders.generations": ()} | NO_NUMBER)
    common = {"rpo": "1h"}
    northern = NORTH | {
        "databases.orders.generations": [*generations],
        "databases.orders.site": valid.site(
            archive=valid.site_archive(**at_south),
            server_name="orders-south-g2",
            **(common | dict(north)),
        ),
    }
    southern = SOUTH | {
        "databases.orders.generations": [valid.follow(server_name=follows)],
        "databases.orders.site": valid.site(
            **({"archive": valid.site_archive(**at_north)} | common | dict(south)),
            server_name=follows,
        ),
    }
    with drafting():
        to_module(valid.edited("production", northern), folder / "production.py")
        to_module(valid.edited("production", southern), folder / "staging.py")
    return _said("production"), _said("staging")


def test_what_could_not_be_compared_is_said(folder: Path) -> None:
    _sites(folder, {"role": "primary"}, {"role": "replica"})
    assert compared("staging")[1] == []
    north, south = folder / "production.py", folder / "staging.py"
    with drafting():
        to_module(valid.edited(str(north), {"databases.orders.instances": 0}), north)
    assert compared("staging")[1] == [
        "not compared with production, which has faults; correct what `check production` says"
    ]
    assert compared(str(south))[1] == [
        "databases.orders.site: not compared with the other site, as a file is judged alone; "
        "environments of stacks/ are, by their names"
    ]


NO_NUMBER = {"databases.orders.active": None, "databases.orders.removed": ()}
LOST = {"role": "primary", "lost": "the north burnt down"}
TOKEN = {"role": "primary", "promotion_token": valid.promotion_token()}


@pytest.mark.parametrize(
    ("north", "south"),
    [
        ({"role": "primary"}, {"role": "replica"}),
        ({"role": "replica"}, {"role": "replica"}),
        ({"role": "replica"}, TOKEN),
    ],
    ids=["follows", "is demoted", "is promoted"],
)
def test_two_sites_of_which_one_accepts_writes_are_sound(
    folder: Path, north: dict[str, Any], south: dict[str, Any]
) -> None:
    assert _sites(folder, north, south) == ([], [])


def test_a_site_is_not_promoted_while_the_other_accepts_writes(folder: Path) -> None:
    said = _sites(folder, {"role": "primary"}, TOKEN)
    assert said == tuple(
        [
            f"databases.orders.site.role: {other}'s databases.orders accepts writes too; demote it "
            "first, and write its promotion_token, or in lost why it is gone"
        ]
        for other in ("staging", "production")
    )


def test_a_lost_site_is_not_deployed_as_the_primary_again(folder: Path) -> None:
    north, south = _sites(folder, {"role": "primary"}, LOST)
    assert north == [
        "databases.orders.site.role: staging's databases.orders has taken over, and this site "
        "would accept writes too; add FollowSpec(server_name='orders-south-g2') to generations, "
        "make it active, and write 'replica'"
    ]
    assert south == []


def test_a_lost_site_follows_by_another_generation(folder: Path) -> None:
    north, south = _sites(folder, {"role": "replica"}, LOST)
    assert north == [
        "databases.orders.site.role: staging's databases.orders has taken over without what was "
        "not archived here, so generation 1 cannot follow it; add FollowSpec(server_name="
        "'orders-south-g2') to generations, and make that one active"
    ]
    assert south == []


def test_a_site_names_the_active_generation_of_the_other(folder: Path) -> None:
    restored = [valid.restore()]
    _, south = _sites(folder, {"role": "primary"}, {"role": "replica"}, generations=restored)
    assert south == []  # a candidate is not followed
    _, south = _sites(folder, {"role": "primary"}, {"role": "replica"}, follows="orders-north-g2")
    assert south == [
        "databases.orders.site.server_name: 'orders-north-g2' is not the active generation of "
        "production's databases.orders; write 'orders-north', and for a replica a generation that "
        "follows it"
    ]


def test_a_site_promises_no_more_than_the_archive_that_it_follows(folder: Path) -> None:
    offsite = valid.edited("production").offsite
    assert offsite
    least = 300 + seconds(offsite.rpo)
    _, south = _sites(folder, {"role": "primary"}, {"role": "replica", "rpo": "5m"})
    assert south == [
        "databases.orders.site.rpo: '5m' is shorter than what production's databases.orders "
        f"guarantees where its archive is read; write at least '{least}s'"
    ]


def test_a_site_is_known_however_its_address_is_written(folder: Path) -> None:
    offsite = valid.edited("production").offsite
    assert offsite
    written = f"{offsite.endpoint.replace('s3', 'S3')}:443"
    archive = _archive_of("production", NORTH) | {"endpoint": written}
    south = {"role": "replica", "rpo": "5m", "archive": valid.site_archive(**archive)}
    _, said = _sites(folder, {"role": "primary"}, south)
    assert [it.partition(":")[0] for it in said] == ["databases.orders.site.rpo"]


def test_a_delayed_replica_finds_its_wal(folder: Path) -> None:
    offsite = valid.edited("production").offsite
    assert offsite
    days = retention_days(offsite.lock)
    late = {"role": "replica", "min_apply_delay": f"{days * 24 + 1}h"}
    _, south = _sites(folder, {"role": "primary"}, late)
    assert south == [
        f"databases.orders.site.min_apply_delay: '{days * 24 + 1}h' is longer than WAL of "
        "production's databases.orders is kept where it is read; write at most "
        f"'{days}d', or keep it longer there"
    ]
    at_most = late | {"min_apply_delay": f"{days}d"}
    assert _sites(folder, {"role": "primary"}, at_most) == ([], [])


def test_a_replica_has_what_replaying_the_other_sites_wal_needs(folder: Path) -> None:
    _sites(folder, {"role": "primary"}, {"role": "replica"})
    tablespaces = {"databases.orders.tablespaces": {"cold": valid.tablespace()}}
    north = folder / "production.py"
    with drafting():
        to_module(valid.edited(str(north), tablespaces), north)
    assert _said("production") == []
    assert _said("staging") == [
        "databases.orders.tablespaces: production's databases.orders has 'cold', and a replica "
        "without its volume stops where it is made; declare 'cold' here first"
    ]
    south = folder / "staging.py"
    older = "ghcr.io/cloudnative-pg/postgresql:16.10-system-trixie"
    with drafting():
        changes = tablespaces | {"databases.orders.image": older}
        to_module(valid.edited(str(south), changes), south)
    assert _said("staging") == [
        "databases.orders.image: PostgreSQL 16 replays nothing of production's databases.orders, "
        "which has 17; write an image of 17"
    ]
