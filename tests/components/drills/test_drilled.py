"""What the program of a drill is told of its database."""

from collections.abc import Mapping
from typing import Any

from components.drills.drilled import digest
from tests import valid
from tests.components.drills.test_jobs import COPIED, drills_of, settings_of


def test_the_program_is_told_what_it_asks_and_what_it_restores() -> None:
    changes = {
        **COPIED,
        "databases.n8n.checks": {"members": "select true"},
        "databases.n8n.drills": valid.drills(may_shrink={"public.sessions": "they expire daily"}),
    }
    told = settings_of(drills_of(changes), "restore")
    expected: Mapping[str, Any] = {
        "environment": "homelab",
        "database": "n8n",
        "depth": "restore",
        "namespace": "tier0-drills",
        "record": "n8n-drills",
        "watch": "http://n8n-postgres-watch.n8n-prod.svc:8080",
        "server": "n8n-postgres",
        "generation": 1,
        "application": {"database": "n8n", "owner": "n8n"},
        "checks": {"members": "select true"},
        "may_shrink": {"public.sessions": "they expire daily"},
        "rpo_seconds": 300,
        "rto_seconds": 900,
        "offsite_rpo_seconds": 600,
        "within_seconds": 7200,
        "image": "ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
    }
    assert expected.items() <= told.items()
    assert told.keys() - expected.keys() == {"scratch", "source", "spec", "target"}
    stores = {which: it["spec"]["externalClusters"] for which, it in told["scratch"].items()}
    named = {
        which: source["plugin"]["parameters"]["barmanObjectName"]
        for which, (source,) in stores.items()
    }
    assert named == {"archive": "n8n-archive", "offsite": "n8n-offsite"}
    assert told["target"]["prefix"] == "n8n-postgres-backups/"


def test_without_a_copy_there_is_nothing_of_it() -> None:
    told = settings_of(drills_of(), "restore")
    assert not {"target", "offsite_rpo_seconds"} & told.keys()
    assert told["scratch"].keys() == {"archive"}


def test_a_restored_generation_is_drilled_from_its_own_archive() -> None:
    restored = {"databases.n8n.generations": [valid.restore()], "databases.n8n.active": 2}
    told = settings_of(drills_of(restored), "look")
    assert (told["server"], told["generation"]) == ("n8n-postgres-g2", 2)


def test_an_existing_bucket_is_read_with_other_keys_than_it_is_written_with() -> None:
    bucket = valid.existing_bucket(access_key="ID")
    found = drills_of({"databases.n8n.backup.bucket": bucket})
    told = settings_of(found, "look")["source"]
    assert (told["keys"], told["access"]) == ("Secret n8n-archive-reader", "ID")


def test_the_digest_changes_with_what_a_drill_does_and_with_nothing_else() -> None:
    def spec(changes: Mapping[str, Any] = {}) -> object:
        return settings_of(drills_of(changes), "restore")["spec"]

    assert spec({"databases.n8n.instances": 3}) == spec()
    assert spec({"databases.n8n.checks": {"members": "select true"}}) != spec()
    told = dict(settings_of(drills_of(), "restore"))
    assert told.pop("spec") == digest(told)
