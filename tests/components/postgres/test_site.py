"""What a database of two sites declares: who leads, whom it follows, and by which store."""

from collections.abc import Mapping
from typing import Any

import pytest

from components.postgres import PostgresSpec
from components.postgres.site import LOST, SITE
from stacks.render.recorder import Recording
from tests import valid
from tests.recovery import by_name
from tests.support import declared

TOKEN = valid.promotion_token()
LEADS = {"self": "n8n-postgres-g2", "primary": "n8n-postgres-g2", "source": "n8n-north"}
FOLLOWS = LEADS | {"primary": "n8n-north"}


def _recorded(database: PostgresSpec, **changes: Any) -> Recording:
    return declared(valid.environment(databases={"n8n": database}, **changes))


def _cluster(database: PostgresSpec, name: str = "n8n-postgres-g2") -> Any:
    return by_name(_recorded(database))["Cluster", name]


def _metadata(recording: Recording) -> list[Mapping[str, Any]]:
    return [it["metadata"] for it in recording.manifests()]


def _sources(cluster: Any) -> dict[str, Any]:
    return {it["name"]: it["plugin"]["parameters"] for it in cluster["spec"]["externalClusters"]}


def test_a_follower_is_restored_from_the_other_sites_archive_and_archives_to_its_own() -> None:
    cluster = _cluster(valid.following())
    spec = cluster["spec"]
    assert spec["bootstrap"]["recovery"]["source"] == "n8n-north"
    assert "recoveryTarget" not in spec["bootstrap"]["recovery"]
    assert spec["replica"] == FOLLOWS
    assert _sources(cluster) == {
        "n8n-north": {"barmanObjectName": "n8n-postgres-site", "serverName": "n8n-north"},
        "n8n-postgres-g2": {"barmanObjectName": "n8n-postgres", "serverName": "n8n-postgres-g2"},
    }
    (archiver,) = spec["plugins"]
    assert archiver["parameters"] == _sources(cluster)["n8n-postgres-g2"]


def test_the_other_sites_store_hands_out_the_partial_segment_of_a_demoted_primary() -> None:
    objects = by_name(_recorded(valid.following()))
    other, own = (
        objects["ObjectStore", name]["spec"]["configuration"]
        for name in ("n8n-postgres-site", "n8n-postgres")
    )
    assert other["destinationPath"] == "s3://north-copies/n8n-backups/"
    assert "--no-partial" not in other["wal"]["restoreAdditionalCommandArgs"]
    assert (
        "--spool-dir=/controller/wal-restore-spool" in other["wal"]["restoreAdditionalCommandArgs"]
    )
    assert "--no-partial" in own["wal"]["restoreAdditionalCommandArgs"]
    assert "endpointCA" not in other


@pytest.mark.parametrize(
    ("changes", "replica", "lost"),
    [
        ({"role": "replica"}, FOLLOWS, None),
        ({"role": "replica", "min_apply_delay": "8h"}, FOLLOWS | {"minApplyDelay": "8h0m0s"}, None),
        ({"role": "replica", "min_apply_delay": "90s"}, FOLLOWS | {"minApplyDelay": "1m30s"}, None),
        ({"role": "primary", "promotion_token": TOKEN}, LEADS | {"promotionToken": TOKEN}, None),
        ({"role": "primary", "lost": "it burnt down"}, LEADS, "it burnt down"),
        # An emergency's edit is short: the delay may stay, and says nothing of a primary.
        ({"role": "primary", "lost": "it burnt", "min_apply_delay": "8h"}, LEADS, "it burnt"),
    ],
)
def test_a_role_is_what_cloudnative_pg_is_told(
    changes: dict[str, str], replica: dict[str, str], lost: str | None
) -> None:
    cluster = _cluster(valid.following(site=valid.site(**changes)))
    assert cluster["spec"]["replica"] == replica
    assert cluster["metadata"]["labels"][SITE] == changes["role"]
    assert cluster["metadata"]["annotations"].get(LOST) == lost


def test_a_first_generation_leads_until_it_is_demoted() -> None:
    leads, follows = (
        _cluster(valid.database(site=valid.site(role=role)), "n8n-postgres")
        for role in ("primary", "replica")
    )
    assert leads["spec"]["replica"]["primary"] == "n8n-postgres"
    assert follows["spec"]["replica"]["primary"] == "n8n-north"
    assert leads["spec"]["bootstrap"] == follows["spec"]["bootstrap"]


def test_a_generation_that_is_stopped_follows_nothing_and_stays_stopped() -> None:
    database = valid.database(
        generations=[valid.follow(server_name="n8n-north-g2")],
        active=2,
        site=valid.site(server_name="n8n-north-g2"),
    )
    stopped = _cluster(database, "n8n-postgres")
    assert stopped["spec"]["replica"]["primary"] == stopped["spec"]["replica"]["self"]
    assert stopped["metadata"]["labels"][SITE] == "apart"
    assert stopped["metadata"]["annotations"]["cnpg.io/fencedInstances"] == '["*"]'


def test_the_bootstraps_source_stays_where_the_other_site_has_another_generation() -> None:
    site = valid.site(server_name="n8n-north-g2", role="primary", promotion_token=TOKEN)
    cluster = _cluster(valid.following(site=site))
    assert cluster["spec"]["bootstrap"]["recovery"]["source"] == "n8n-north"
    assert cluster["spec"]["replica"]["source"] == "n8n-north-g2"
    assert {*_sources(cluster)} == {"n8n-north", "n8n-north-g2", "n8n-postgres-g2"}


def test_a_replica_has_no_drills_and_its_databases_are_not_waited_for() -> None:
    database = {"databases": {"reports": valid.further()}}
    waits = {}
    for role in ("replica", "primary"):
        site = valid.site(role=role, **({"lost": "it burnt down"} if role == "primary" else {}))
        recording = _recorded(valid.following(site=site, **database))
        drilled = "tier0-drills" in {it.get("namespace") for it in _metadata(recording)}
        assert drilled == (role == "primary")
        (reports,) = (
            it
            for it in recording.resources
            if it.manifest and it.manifest["metadata"]["name"] == "n8n-postgres-g2-reports-db"
        )
        waits[role] = "pulumi.com/waitFor" in reports.inputs["metadata"]["annotations"]
    assert waits == {"replica": False, "primary": True}


def test_databases_reach_the_store_of_the_other_site() -> None:
    archive = valid.site_archive(endpoint="https://s3.example.org:9000")
    objects = by_name(_recorded(valid.following(site=valid.site(archive=archive))))
    egress = objects["NetworkPolicy", "databases"]["spec"]["egress"]
    assert {"ports": [{"port": 9000, "protocol": "TCP"}]} in egress


@pytest.mark.parametrize(
    ("active", "promoted", "with_token"),
    [
        (2, None, ["n8n-postgres-g2"]),
        # One that is restored is past the token, and would be given up with it.
        (3, None, ["n8n-postgres-g2"]),
        (4, None, ["n8n-postgres-g2"]),
        # It was demoted itself, and is promoted with another token.
        (4, 4, ["n8n-postgres-g4"]),
    ],
    ids=["promoted", "restored", "restored twice", "restored, demoted and promoted"],
)
def test_a_token_stays_with_the_generation_that_it_promoted(
    active: int, promoted: int | None, with_token: list[str]
) -> None:
    database = valid.following(
        generations=[valid.follow(), valid.restore(source=2), valid.restore(source=3)],
        active=active,
        site=valid.site(role="primary", promotion_token=TOKEN, promoted=promoted),
    )
    clusters = [it for it in _recorded(database).manifests() if it["kind"] == "Cluster"]
    held = [it for it in clusters if "promotionToken" in it["spec"]["replica"]]
    assert len(clusters) == 3
    assert [it["metadata"]["name"] for it in held] == with_token
