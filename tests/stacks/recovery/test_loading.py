"""The Job that loads one database, its names and its password."""

import base64
from dataclasses import replace

import pytest

from stacks.recovery.loading import Load, Needs, dated, job, job_name
from stacks.recovery.psql import scram_verifier

_LOAD = Load("prod", "n8n-postgres", "n8n-clone", "20261130101500", "n8n")
_NEEDS = Needs(
    image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
    major=17,
    storage_class="fast",
    size=3 * 2**30,
    authority="n8n-postgres-ca",
)


def test_both_names_are_dated_by_the_clone() -> None:
    assert _LOAD.incoming == "n8n_restoring_20261130101500"
    assert _LOAD.kept == "n8n_before_20261130101500"


@pytest.mark.parametrize("name", ["x" * 63, "é" * 31, "日本" * 10, 'We"ird-DB x=1'])
def test_a_dated_name_fits_and_ends_in_its_date(name: str) -> None:
    found = dated(name, "restoring", _LOAD.stamp)
    assert len(found.encode()) <= 63
    assert found.endswith("_restoring_20261130101500")
    assert found[:4] == name[:4]


def test_two_long_names_that_begin_alike_stay_apart() -> None:
    names = {dated("x" * 62 + end, "before", _LOAD.stamp) for end in "ab"}
    assert len(names) == 2


def test_the_jobs_name_fits_with_the_longest_cluster_name() -> None:
    assert len(job_name("c" * 50, "a database of any name")) <= 63


def test_the_job_has_its_password_as_a_file_only() -> None:
    made = job(_LOAD, _NEEDS)
    container = made["spec"]["template"]["spec"]["containers"][0]
    assert {one["name"] for one in container["env"]}.isdisjoint({"PGPASSWORD", "PASSWORD"})
    assert all("value" in one for one in container["env"]), "a value from a Secret is listed"
    volumes = {one["name"]: one for one in made["spec"]["template"]["spec"]["volumes"]}
    sources = [one["secret"] for one in volumes["secret"]["projected"]["sources"]]
    assert {one["name"]: [item["key"] for item in one["items"]] for one in sources} == {
        _LOAD.job: ["password", "clone.crt"],
        "n8n-postgres-ca": ["ca.crt"],
    }


def test_the_jobs_pod_connects_to_the_clone_in_its_namespace() -> None:
    """No policy selects it without the label (tests/components/postgres/test_network.py)."""
    template = job(_LOAD, _NEEDS)["spec"]["template"]
    assert "cnpg.io/cluster" not in template.get("metadata", {}).get("labels", {})
    env = {one["name"]: one["value"] for one in template["spec"]["containers"][0]["env"]}
    assert env["CLONE"] == "n8n-clone-rw.n8n-clone.svc"
    assert env["LIVE"] == "n8n-postgres-rw"


def test_a_certificate_that_is_made_elsewhere_is_verified_by_the_name_of_clients() -> None:
    made = job(replace(_LOAD, verified="n8n-postgres.prod.svc"), _NEEDS)
    (container,) = made["spec"]["template"]["spec"]["containers"]
    env = {one["name"]: one["value"] for one in container["env"]}
    assert env["LIVE"] == "n8n-postgres.prod.svc"


def test_the_dump_goes_to_a_volume_of_the_databases_size_that_goes_with_the_pod() -> None:
    volumes = job(_LOAD, _NEEDS)["spec"]["template"]["spec"]["volumes"]
    claim = next(one["ephemeral"] for one in volumes if one["name"] == "work")
    spec = claim["volumeClaimTemplate"]["spec"]
    assert (spec["resources"]["requests"]["storage"], spec["storageClassName"]) == (
        "4096Mi",
        "fast",
    )


def test_a_job_that_fails_is_not_started_again_unseen() -> None:
    made = job(_LOAD, _NEEDS)
    assert made["spec"]["backoffLimit"] == 0
    assert made["spec"]["template"]["spec"]["restartPolicy"] == "Never"


def test_the_verifier_is_that_of_the_published_example() -> None:
    """RFC 7677, section 3: its client proof and server signature follow from these keys."""
    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    assert scram_verifier("pencil", salt) == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
        "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )
