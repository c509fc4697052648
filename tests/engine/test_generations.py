"""Restored generations in Pulumi's hands, with the policy that the API server judges them by."""

import re
from pathlib import Path
from typing import Any

import pytest

from components.kube import HOLDS_DATA
from components.offsite import OffsiteSpec
from components.postgres.policies import NAME
from stacks.cluster import ClusterClient, Refused
from stacks.review.guard import judge, read
from tests import valid
from tests.engine.policies import API, BOOTSTRAP, DELETED, POLICY
from tests.engine.test_environment import refused, stored
from tests.engine.waiting import until
from tests.support import to_module
from tools.engine.engine import Engine
from tools.sandbox.api_server import Sandbox

ADOPT = {"PULUMI_K8S_UPSERT_EXISTING_OBJECTS": "true"}
"""Takes over, for one run, what exists and the state does not know."""


def write(program: Path, offsite: OffsiteSpec | None = None, **changes: Any) -> None:
    """Write homelab with one restored generation and *changes* of its database."""
    given = {"generations": [valid.restore()], **changes}
    places = {f"databases.n8n.{field}": value for field, value in given.items()}
    places |= {"offsite": offsite} if offsite else {}
    to_module(valid.homelab(places), program / "stacks" / "homelab.py")


def refusal(cluster: ClusterClient, name: str) -> str:
    """Return what the API server has against the deletion of a Cluster, which it only tries."""
    path = cluster.path(API, "Cluster", name, "n8n-prod")
    return cluster.request("DELETE", f"{path}?dryRun=All").message


def in_force(cluster: ClusterClient, name: str) -> None:
    """Wait until the policy refuses the deletion of an active Cluster."""
    until(lambda: DELETED in refusal(cluster, name), lambda: refusal(cluster, name))


def active(cluster: ClusterClient) -> list[str]:
    """Return the names of the Clusters that are labelled as active."""
    found = cluster.objects(API, "Cluster", labels="tier0/active=true,tier0/generation")
    return [it["metadata"]["name"] for it in found]


def test_a_switch_its_roll_back_and_a_removal_pass_the_policy(
    homelab: Engine, sandbox: Sandbox, program: Path
) -> None:
    first, second = "n8n-postgres", "n8n-postgres-g2"
    steps: list[tuple[dict[str, Any], str]] = [
        ({}, first),
        ({"active": 2}, second),
        ({"active": 1, "retired": [2]}, first),
    ]
    with sandbox.cluster() as cluster:
        for changes, name in steps:
            write(program, **changes)
            homelab.run("up", "--yes", "--skip-preview")
            assert active(cluster) == [name]
            in_force(cluster, name)
        initdb: dict[str, Any] = {"spec": {"bootstrap": {"recovery": None, "initdb": {}}}}
        with pytest.raises(Refused, match=BOOTSTRAP):
            cluster.patch(API, "Cluster", second, "n8n-prod", change=initdb)
        write(program, active=1, removed=[2])
        homelab.run("up", "--yes", "--skip-preview")
        assert cluster.get(API, "Cluster", second, "n8n-prod") is None
        assert active(cluster) == [first]


def test_the_way_back_is_open_after_a_switch_that_failed_on_its_way(
    homelab: Engine, sandbox: Sandbox, program: Path
) -> None:
    container = {"name": "other", "image": "none"}
    other: dict[str, Any] = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "n8n-postgres-g2-switch", "namespace": "n8n-prod"},
        "spec": {"template": {"spec": {"containers": [container], "restartPolicy": "Never"}}},
    }
    with sandbox.cluster() as cluster:
        write(program)
        homelab.run("up", "--yes", "--skip-preview")
        cluster.apply(other, manager="test")
        write(program, active=2)
        failed = homelab.run("up", "--yes", "--skip-preview", check=False)
        assert "n8n-postgres-g2-switch" in refused(failed)
        assert cluster.get(API, "ScheduledBackup", "n8n-postgres-g2-backup", "n8n-prod")
        write(program, active=1, retired=[2])
        homelab.run("up", "--yes", "--skip-preview")
        (schedule,) = cluster.objects(API, "ScheduledBackup")
        assert schedule["metadata"]["name"] == "n8n-postgres-backup"
        assert schedule["spec"]["cluster"]["name"] == "n8n-postgres"


DECLARED: dict[str, Any] = {
    "generations": [valid.restore(), valid.restore(source=2, store="offsite")],
    "databases": {"reports": valid.further(owner="n8n")},
    "pooler": valid.pooler(),
}
"""Two restored generations, a further database in each, and a pool."""


def kept(cluster: ClusterClient) -> dict[tuple[str, str], str]:
    """Return the UID of each object that holds data, by its kind and name."""
    kinds = {API: ("Cluster", "Database"), "objectbucket.io/v1alpha1": ("ObjectBucketClaim",)}
    return {
        (kind, it["metadata"]["name"]): it["metadata"]["uid"]
        for api, names in kinds.items()
        for kind in names
        for it in cluster.objects(api, kind)
        if HOLDS_DATA in it["metadata"].get("annotations", {})
    }


def test_a_life_of_three_generations_replaces_and_deletes_nothing_that_is_protected(
    homelab: Engine, sandbox: Sandbox, program: Path
) -> None:
    steps: list[tuple[dict[str, Any], int]] = [
        ({}, 1),
        ({"active": 3}, 3),
        ({"active": 2, "retired": [3]}, 2),
        ({"active": 2, "retired": [1, 3]}, 2),
        ({"active": 2, "retired": [1], "removed": [3]}, 2),
        ({"active": 2, "removed": [1, 3]}, 2),
    ]
    pools = []
    with sandbox.cluster() as cluster:
        before = kept(cluster)
        for changes, number in steps:
            write(program, **{**DECLARED, **changes}, offsite=valid.offsite())
            preview = homelab.run("preview", "--json", "--show-sames").stdout
            assert judge(read(preview, "preview")).faults == []
            homelab.run("up", "--yes", "--skip-preview")
            now = kept(cluster)
            given_up = {*changes.get("retired", []), *changes.get("removed", [])}
            lost = {name for (kind, name), uid in before.items() if now.get((kind, name)) != uid}
            assert all(any(_of(name) == n for n in given_up) for name in lost), (changes, lost)
            name = "n8n-postgres" + (f"-g{number}" if number > 1 else "")
            service = cluster.get("v1", "Service", "n8n-postgres", "n8n-prod") or {}
            assert service["spec"]["selector"]["cnpg.io/cluster"] == name
            (pool,) = cluster.objects(API, "Pooler")
            assert pool["spec"]["cluster"]["name"] == name
            pools.append(pool["metadata"]["uid"])
            before = now
        assert [it["metadata"]["name"] for it in cluster.objects(API, "Cluster")] == [
            "n8n-postgres-g2"
        ]
        assert [it["metadata"]["name"] for it in cluster.objects(API, "Database")] == [
            "n8n-postgres-g2-heartbeat",
            "n8n-postgres-g2-reports-db",
        ]
    assert len(dict.fromkeys(pools)) == 3, "it is made again with each switch, and else is not"


def _of(name: str) -> int:
    """Return the generation that an object is of."""
    found = re.search(r"-g(\d+)(-|$)", name)
    return int(found[1]) if found else 1


REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "removed while it is stopped": (
        {"active": 2},
        {"active": 2, "removed": [1]},
        "protect|removed-generation-was-retired",
    ),
    "removed and declared again": (
        {"active": 2, "retired": [1]},
        {"active": 2},
        "removed-generation-stays-removed",
    ),
    "an entry left out": (
        {"active": 2},
        {"active": 2, "generations": [valid.restore()]},
        "generations-keep-their-numbers",
    ),
    "every entry left out": (
        {"active": 1, "retired": [2, 3]},
        {"generations": []},
        "generation-keeps-its-mark",
    ),
    "the newer one runs on": ({"active": 3}, {"active": 1}, "stopped-generation-is-retired"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_loses_a_generation_is_refused_before_anything_is_changed(
    case: str, homelab: Engine, sandbox: Sandbox, program: Path
) -> None:
    before, after, rule = REFUSED[case]
    write(program, **{**DECLARED, **before}, offsite=valid.offsite())
    homelab.run("up", "--yes", "--skip-preview")
    if case == "removed and declared again":
        write(program, **{**DECLARED, "active": 2, "removed": [1]}, offsite=valid.offsite())
        homelab.run("up", "--yes", "--skip-preview")
    there = but_for_rights(sandbox)
    write(program, **{**DECLARED, **after}, offsite=valid.offsite())
    for arguments in (["preview"], ["up", "--yes", "--skip-preview"]):
        said = refused(homelab.run(*arguments, check=False))
        assert re.search(rule, said), said
        assert but_for_rights(sandbox) == there


def but_for_rights(sandbox: Sandbox) -> dict[str, str]:
    """Return what is stored, but for the rights of programs, which change at the same time."""
    return {key: it for key, it in stored(sandbox).items() if "/registry/role" not in key}


def test_an_up_without_its_state_changes_nothing_of_the_generations_that_are_there(
    homelab: Engine, sandbox: Sandbox, program: Path
) -> None:
    write(program, **DECLARED, active=2, offsite=valid.offsite())
    homelab.run("up", "--yes", "--skip-preview")
    homelab.run("stack", "rm", "--yes", "--force", "--preserve-config")
    there = stored(sandbox)
    homelab.run("stack", "init", "homelab")
    said = refused(homelab.run("up", "--yes", "--skip-preview", check=False))
    assert "already exists" in said
    assert stored(sandbox) == there


def test_a_disposable_environment_with_a_restored_generation_is_destroyed_whole(
    engine: Engine, sandbox: Sandbox, program: Path
) -> None:
    made = valid.edited("dev", {"databases.app.generations": [valid.restore()]})
    to_module(made, program / "stacks" / "dev.py")
    engine.begin("dev")
    engine.run("up", "--yes", "--skip-preview")
    with sandbox.cluster() as cluster:
        assert len(cluster.objects(API, "Cluster", labels="tier0/generation")) == 2
        assert active(cluster) == []
        assert cluster.get(POLICY, "ValidatingAdmissionPolicy", NAME)
        engine.run("destroy", "--yes", "--skip-preview")
        assert cluster.objects(API, "Cluster") == []
        assert cluster.get(POLICY, "ValidatingAdmissionPolicy", NAME) is None
        assert cluster.get(POLICY, "ValidatingAdmissionPolicyBinding", NAME) is None


def test_without_pulumis_state_generations_are_taken_over_and_an_old_file_is_refused(
    homelab: Engine, sandbox: Sandbox, program: Path
) -> None:
    """The state is lost after a switch; the cluster, the file and the archives are not."""
    old = (program / "stacks" / "homelab.py").read_text("utf-8")
    write(program, active=2)
    homelab.run("up", "--yes", "--skip-preview")
    homelab.run("stack", "rm", "--yes", "--force", "homelab")
    homelab.begin("homelab")
    with sandbox.cluster() as cluster:
        in_force(cluster, "n8n-postgres-g2")

        def seen() -> tuple[Any, Any]:
            service = cluster.get("v1", "Service", "n8n-postgres", "n8n-prod")
            assert service
            there = [
                (it["metadata"]["uid"], it["metadata"]["labels"], it["spec"])
                for it in cluster.objects(API, "Cluster", "n8n-prod")
            ]
            return service["spec"]["selector"], there

        before = seen()
        up = ("up", "--yes", "--skip-preview")
        refused = homelab.run(*up, check=False)
        assert (refused.returncode != 0, "already exists" in refused.stdout) == (True, True)
        assert seen() == before
        now = (program / "stacks" / "homelab.py").read_text("utf-8")
        (program / "stacks" / "homelab.py").write_text(old, "utf-8")
        refused = homelab.run(*up, env=ADOPT, check=False)
        assert refused.returncode != 0
        assert "apply conflict: " in refused.stdout, refused.stdout
        assert seen() == before
        (program / "stacks" / "homelab.py").write_text(now, "utf-8")
        homelab.run(*up, env=ADOPT)
        assert seen() == before
