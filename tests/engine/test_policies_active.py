"""What the policy about generations says of their labels, and of the active one."""

import json
from typing import Any

import pytest

from tests.engine.policies import (
    API,
    DELETED,
    FENCED,
    NUMBER,
    WRITES,
    Judge,
    cluster,
    restored,
    stopped,
)
from tests.engine.waiting import until

pytestmark = pytest.mark.xdist_group("policies")
"""Its tests share the API server that has the policy."""


def test_the_first_generation_is_labelled_when_the_second_is_declared(judge: Judge) -> None:
    assert judge.apply(cluster("db", None)) == ""
    assert judge.apply(cluster("db", 1, active=True)) == ""


def test_a_restored_cluster_may_be_labelled_later(judge: Judge) -> None:
    assert judge.apply(restored(None)) == ""
    assert judge.apply(restored()) == ""


@pytest.mark.parametrize("number", ["2", "", None])
def test_the_number_of_a_generation_neither_changes_nor_goes(
    number: str | None, judge: Judge
) -> None:
    assert judge.apply(cluster("db", 1)) == ""
    assert NUMBER in judge.metadata("db", labels={"tier0/generation": number})
    assert NUMBER in judge.metadata(
        "db", labels={"tier0/generation": number}, annotations={"tier0/delete": "db"}
    )


def test_the_active_one_is_deleted_only_once_its_annotation_has_its_name(judge: Judge) -> None:
    assert judge.apply(cluster("db", 1, active=True)) == ""
    assert DELETED in judge.delete("db")
    for value in ("true", "", "db-g2"):
        assert judge.metadata("db", annotations={"tier0/delete": value}) == ""
        assert DELETED in judge.delete("db")
    assert judge.metadata("db", annotations={"tier0/delete": "db"}) == ""
    assert judge.delete("db") == ""
    assert judge.gone("db")


def test_a_deletion_of_all_leaves_the_active_one(judge: Judge) -> None:
    assert judge.apply(cluster("db", 1, active=True)) == ""
    assert DELETED in judge.delete()
    assert not judge.gone("db")


def test_the_end_of_a_namespace_leaves_the_active_one(judge: Judge) -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "apps"}}
    judge.client.apply(namespace, manager="tier0")
    active = cluster("db", 1, active=True)
    active["metadata"]["namespace"] = "apps"
    assert judge.apply(active) == ""
    judge.client.delete("v1", "Namespace", "apps")

    def said() -> str:
        found = judge.client.get("v1", "Namespace", "apps")
        assert found is not None
        return json.dumps(found["status"].get("conditions", []))

    until(lambda: DELETED in said(), said)
    assert judge.client.get(API, "Cluster", "db", "apps") is not None
    change = {"metadata": {"annotations": {"tier0/delete": "db"}}}
    judge.client.patch(API, "Cluster", "db", "apps", change=change)
    judge.client.delete(API, "Cluster", "db", "apps")


@pytest.mark.parametrize("manifest", [cluster("db", 1), cluster("db", None), restored()])
def test_one_that_is_not_active_is_deleted_so_a_disposable_environment_too(
    manifest: dict[str, Any], judge: Judge
) -> None:
    assert judge.apply(manifest) == ""
    assert judge.delete(manifest["metadata"]["name"]) == ""
    assert judge.gone(manifest["metadata"]["name"])


@pytest.mark.parametrize("value", [None, "false", ""])
def test_the_active_one_keeps_its_label_while_it_accepts_writes(
    value: str | None, judge: Judge
) -> None:
    assert judge.apply(cluster("db", 1, active=True)) == ""
    label = {"tier0/active": value}
    assert WRITES in judge.metadata("db", labels=label)
    assert WRITES in judge.metadata("db", labels=label, annotations={"tier0/delete": "db"})
    assert judge.metadata("db", annotations=FENCED) == ""
    assert WRITES in judge.metadata("db", labels=label, annotations=dict.fromkeys(FENCED))
    assert judge.metadata("db", labels=label) == ""
    assert judge.delete("db") == ""


@pytest.mark.parametrize(
    ("annotation", "refusal"),
    [
        (FENCED, ""),
        ({"cnpg.io/hibernation": "on"}, ""),
        ({"cnpg.io/hibernation": "on", "cnpg.io/fencedInstances": '["db-1"]'}, ""),
        ({"cnpg.io/hibernation": "off"}, WRITES),
        ({"cnpg.io/fencedInstances": '["db-1"]'}, WRITES),
        ({"cnpg.io/fencedInstances": "[]"}, WRITES),
    ],
)
def test_it_loses_its_label_in_the_request_that_stops_every_instance(
    annotation: dict[str, str], refusal: str, judge: Judge
) -> None:
    assert judge.apply(cluster("db", 1, active=True)) == ""
    said = judge.metadata("db", labels={"tier0/active": None}, annotations=annotation)
    assert refusal in said
    assert (said == "") == (refusal == "")


@pytest.mark.parametrize("order", [1, -1], ids=["the old one first", "the new one first"])
def test_a_switch_and_its_roll_back_are_applied_in_either_order(order: int, judge: Judge) -> None:
    assert judge.apply(cluster("db", 1, active=True)) == ""
    assert judge.apply(restored()) == ""
    switch = [stopped(cluster("db", 1)), restored(active=True)]
    assert [judge.apply(it) for it in switch[::order]] == ["", ""]
    back = [cluster("db", 1, active=True), stopped(restored())]
    assert [judge.apply(it) for it in back[::order]] == ["", ""]
    assert judge.stored("db")["metadata"].get("annotations") is None
    assert judge.delete("db-g2") == ""


def test_a_switch_that_leaves_the_old_one_running_is_refused(judge: Judge) -> None:
    assert judge.apply(cluster("db", 1, active=True)) == ""
    assert WRITES in judge.apply(cluster("db", 1))
