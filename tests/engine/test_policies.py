"""What the policy about generations lets be created, and that it is in no operator's way."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from components.postgres.policies import NAME, generation_policy
from tests.engine.policies import (
    API,
    BOOTSTRAP,
    IN_TREE,
    INITDB,
    NEW,
    NUMBER,
    OVER,
    POLICY,
    SNAPSHOT,
    SOURCE,
    SPEC,
    TARGET,
    Judge,
    archive,
    cluster,
    in_tree,
    recovery,
    restored,
    source,
)
from tests.engine.waiting import until
from tools.sandbox.webhooks import Webhooks, toolchain

pytestmark = pytest.mark.xdist_group("policies")
"""Its tests share the API server that has the policy."""


def checked(judge: Judge, name: str) -> Mapping[str, Any]:
    """Return what the API server's controller says of the types in a policy."""

    def policy() -> Mapping[str, Any]:
        found = judge.client.get(POLICY, "ValidatingAdmissionPolicy", name)
        assert found is not None
        return found

    def seen() -> bool:
        observed = policy().get("status", {}).get("observedGeneration")
        return bool(observed == policy()["metadata"]["generation"])

    until(seen, "nothing has checked the types")
    return dict(policy()["status"]["typeChecking"])


def types_of_variables(judge: Judge, field: str = "", misspelt: str = "") -> str:
    """Return the faults in the types of the policy with its variables as validations too.

    The controller reports those in validations only. Within the entries of a list it finds none:
    for these the tests with Clusters are.
    """
    policy = dict(generation_policy())
    read = [{"expression": f"dyn({it['expression']}) != dyn(0)"} for it in policy["variables"]]
    text = json.dumps(policy | {"validations": [*policy["validations"], *read]})
    spec = json.loads(text.replace(field, misspelt) if field else text)
    metadata = {"name": "checked"}
    manifest = {"apiVersion": POLICY, "kind": "ValidatingAdmissionPolicy", "metadata": metadata}
    judge.client.apply(manifest | {"spec": spec}, manager="tier0")
    return json.dumps(checked(judge, "checked"))


def test_the_api_server_finds_no_fault_in_the_types_of_the_policy(judge: Judge) -> None:
    assert checked(judge, NAME) == {}
    assert types_of_variables(judge) == "{}"


@pytest.mark.parametrize(
    ("field", "misspelt"),
    [
        ("externalClusters", "externalCluster"),
        ("metadata.?labels", "metadata.?label"),
        ("spec.bootstrap", "spec.bootstraps"),
    ],
)
def test_a_field_that_no_cluster_has_would_be_such_a_fault(
    field: str, misspelt: str, judge: Judge
) -> None:
    name = misspelt.rpartition(".")[2].lstrip("?")
    assert f"undefined field '{name}'" in types_of_variables(judge, field, misspelt)


@pytest.mark.parametrize(
    "manifest",
    [
        cluster("db", 1),
        cluster("db", 1, active=True),
        cluster("db", None),
        restored(),
        restored(active=True),
        restored(98),
        restored(bootstrap=recovery(recoveryTarget=TARGET, volumeSnapshots=SNAPSHOT)),
        restored(externalClusters=[source(store="db-offsite")]),
        restored(externalClusters=[{"name": "other", "plugin": archive("db-g2")}, source()]),
        restored(plugins=[archive("db-g3")]),
        restored(plugins=[archive(None)]),
        restored(plugins=[], backup={"barmanObjectStore": in_tree(None)}),
        restored(externalClusters=[IN_TREE]),
        restored(None, bootstrap=INITDB),
        restored(None, plugins=[archive("db")]),
    ],
    ids=[
        "first",
        "first and active",
        "not labelled",
        "restored",
        "restored and active",
        "the last number",
        "to a moment from a snapshot",
        "from off-site",
        "another entry has its name",
        "upgraded since",
        "its default name",
        "its default name in-tree",
        "from in-tree",
        "initdb not labelled",
        "over its source not labelled",
    ],
)
def test_a_sound_cluster_and_one_without_a_label_is_created(
    manifest: dict[str, Any], judge: Judge
) -> None:
    assert judge.apply(manifest) == ""


@pytest.mark.parametrize(
    ("manifest", "refusal"),
    [
        (cluster("db-g2", 2), NEW),
        (cluster("db-g2", 10, active=True), NEW),
        (restored(bootstrap=recovery() | INITDB), NEW),
        (restored(bootstrap={"pg_basebackup": {"source": "origin"}}), NEW),
        (restored(bootstrap={}), NEW),
        (restored(bootstrap={"recovery": {"backup": {"name": "a"}}}), NEW),
        (restored(bootstrap={"recovery": {"volumeSnapshots": SNAPSHOT}}), NEW),
        (restored(externalClusters=[]), NEW),
        (restored(externalClusters=[source(), source()]), NEW),
        (restored(plugins=[archive("db")]), OVER),
        (restored(plugins=[archive("db", "elsewhere")]), OVER),
        (restored(externalClusters=[{"name": "origin", "plugin": archive(None)}]), OVER),
        (restored(externalClusters=[source("db-g2")], plugins=[archive(None)]), OVER),
        (restored(plugins=[], backup={"barmanObjectStore": in_tree("db")}), OVER),
        (restored(externalClusters=[IN_TREE], plugins=[archive("db")]), OVER),
        (
            restored(
                bootstrap={"recovery": {"source": "db"}},
                externalClusters=[{"name": "db", "barmanObjectStore": in_tree(None)}],
                plugins=[archive("db")],
            ),
            OVER,
        ),
    ],
    ids=[
        "initdb",
        "initdb with two digits",
        "initdb in addition",
        "pg_basebackup",
        "no bootstrap",
        "no source but a Backup",
        "no source but a snapshot",
        "source is not there",
        "source is there twice",
        "over its source",
        "over its source in another ObjectStore",
        "source with the plugin's default name",
        "own with the plugin's default name",
        "over its source in-tree",
        "over a source in-tree",
        "source with the in-tree default name",
    ],
)
def test_a_later_generation_is_restored_and_archives_elsewhere(
    manifest: dict[str, Any], refusal: str, judge: Judge
) -> None:
    assert refusal in judge.apply(manifest)
    assert judge.gone("db-g2")
    unlabelled = manifest | {"metadata": {"name": "db-g2", "namespace": "default"}}
    assert judge.apply(unlabelled) == ""
    assert refusal in judge.apply(manifest)  # the label comes later


def test_a_later_generation_never_gets_the_archive_that_it_came_from(judge: Judge) -> None:
    assert judge.apply(restored()) == ""
    assert OVER in judge.patch("db-g2", {"spec": {"plugins": [archive("db")]}})
    backup = {"barmanObjectStore": in_tree("db")}
    assert OVER in judge.patch("db-g2", {"spec": {"plugins": [], "backup": backup}})


def test_a_status_is_written_whatever_the_operator_says_in_it(judge: Judge) -> None:
    assert judge.apply(restored(active=True)) == ""
    path = judge.client.path(API, "Cluster", "db-g2", "default")
    merge = {"Content-Type": "application/merge-patch+json"}
    change = {"status": {"phase": "Failing over", "instances": 1}}
    answer = judge.client.request("PATCH", f"{path}/status", change, merge)
    assert (answer.ok, answer.content["status"]["phase"]) == (True, "Failing over")
    whole = judge.stored("db-g2") | {"spec": SPEC | {"bootstrap": INITDB}}
    answer = judge.client.request("PUT", f"{path}/status", whole)
    assert answer.ok, answer.message
    assert judge.stored("db-g2")["spec"]["bootstrap"] == recovery()


def test_the_number_of_instances_is_scaled_by_the_subresource(judge: Judge) -> None:
    assert judge.apply(cluster("db", 1, active=True)) == ""
    path = judge.client.path(API, "Cluster", "db", "default")
    merge = {"Content-Type": "application/merge-patch+json"}
    answer = judge.client.request("PATCH", f"{path}/scale", {"spec": {"replicas": 3}}, merge)
    assert answer.ok, answer.message


def test_finalizers_and_annotations_of_others_come_and_go(judge: Judge) -> None:
    assert judge.apply(restored(active=True)) == ""
    assert judge.metadata("db-g2", finalizers=["example.org/held"]) == ""
    assert judge.metadata("db-g2", annotations={"cnpg.io/fencedInstances": '["*"]'}) == ""
    assert judge.metadata("db-g2", annotations={"tier0/delete": "db-g2"}) == ""
    assert judge.delete("db-g2") == ""
    assert judge.stored("db-g2")["metadata"]["deletionTimestamp"]
    assert judge.metadata("db-g2", finalizers=None) == ""
    assert judge.gone("db-g2")


def test_a_whole_object_is_put_back_as_it_was_read(judge: Judge) -> None:
    assert judge.apply(restored(active=True)) == ""
    path = judge.client.path(API, "Cluster", "db-g2", "default")
    assert judge.client.request("PUT", str(path), judge.stored("db-g2")).ok
    whole = judge.stored("db-g2")
    whole["spec"]["bootstrap"] = INITDB
    assert BOOTSTRAP in judge.client.request("PUT", str(path), whole).message


def test_sixty_external_clusters_are_within_the_budget_of_an_evaluation(judge: Judge) -> None:
    more = [{"name": f"other-{n}", "plugin": archive(f"other-{n}")} for n in range(60)]
    large = restored(active=True, externalClusters=[*more, source()])
    assert judge.apply(large) == ""
    assert judge.patch("db-g2", {"spec": {"instances": 3}}) == ""
    assert judge.apply(large) == ""
    moved = restored(active=True, externalClusters=[*more, source("db-g3")])
    assert SOURCE in judge.apply(moved)
    assert NUMBER in judge.metadata("db-g2", labels={"tier0/generation": "3"})


def test_defaults_of_the_real_webhook_reach_a_labelled_cluster(
    judge: Judge,
) -> None:
    bare = {"recovery": {"source": "origin"}}
    assert judge.apply(cluster("db", 1, active=True, bootstrap={"initdb": {}})) == ""
    assert judge.apply(cluster("left-out", 1, active=True, bootstrap={})) == ""
    assert judge.apply(restored(bootstrap=bare)) == ""
    toolchain().build()
    with Webhooks(judge.sandbox).judging():
        for name in ("left-out", "db", "db-g2"):
            assert judge.metadata(name, annotations={"written": "now"}) == ""
    assert "initdb" in judge.stored("left-out")["spec"]["bootstrap"]
    assert judge.stored("db")["spec"]["bootstrap"]["initdb"]["encoding"] == "UTF8"
    assert judge.stored("db-g2")["spec"]["bootstrap"]["recovery"]["owner"] == "app"
