"""What the policy about generations keeps of how a database was created."""

from typing import Any

import pytest

from tests.engine.policies import (
    BOOTSTRAP,
    IN_TREE,
    INITDB,
    SNAPSHOT,
    SOURCE,
    TARGET,
    Judge,
    archive,
    cluster,
    in_tree,
    recovery,
    restored,
    source,
)

pytestmark = pytest.mark.xdist_group("policies")
"""Its tests share the API server that has the policy."""


RECOVERED = recovery(recoveryTarget=TARGET)


@pytest.mark.parametrize(
    ("before", "bootstrap"),
    [
        (cluster("db", 1), {"initdb": None, "recovery": {"source": "origin"}}),
        (cluster("db", 1), {"recovery": {"source": "origin"}}),
        (cluster("db", 1), {"initdb": {"database": "other"}}),
        (cluster("db", 1), {"initdb": {"owner": "other"}}),
        (cluster("db", 1), {"initdb": {"dataChecksums": None}}),
        (cluster("db", 1), {"initdb": {"secret": {"name": "other"}}}),
        (
            cluster("db", 1),
            {
                "initdb": {
                    "import": {
                        "type": "monolith",
                        "databases": ["a"],
                        "source": {"externalCluster": "origin"},
                    }
                }
            },
        ),
        (cluster("db", 1), None),
        (restored(), {"recovery": None, "initdb": {}}),
        (restored(), {"initdb": {}}),
        (restored(), {"recovery": None}),
        (restored(), {"recovery": {"source": "other"}}),
        (restored(), {"recovery": {"source": None}}),
        (restored(), {"recovery": {"recoveryTarget": TARGET}}),
        (restored(), {"recovery": {"volumeSnapshots": SNAPSHOT}}),
        (restored(), {"recovery": {"backup": {"name": "a"}}}),
        (restored(), {"recovery": {"database": "other"}}),
        (restored(), {"recovery": {"owner": None}}),
        (restored(), {"recovery": {"secret": {"name": "other"}}}),
        (restored(bootstrap=RECOVERED), {"recovery": {"recoveryTarget": None}}),
        (
            restored(bootstrap=RECOVERED),
            {"recovery": {"recoveryTarget": {"targetTime": "2026-11-30T10:00:01+00:00"}}},
        ),
        (restored(bootstrap=RECOVERED), {"recovery": {"recoveryTarget": {"exclusive": True}}}),
        (cluster("db", 1, bootstrap={}), {"recovery": {"source": "origin"}}),
    ],
)
def test_a_bootstrap_never_changes_nor_with_the_label_that_comes_or_goes(
    before: dict[str, Any], bootstrap: dict[str, Any] | None, judge: Judge
) -> None:
    name = before["metadata"]["name"]
    assert judge.apply(before) == ""
    change: dict[str, Any] = {"spec": {"bootstrap": bootstrap}}
    assert BOOTSTRAP in judge.patch(name, change)
    unlabelled = change | {"metadata": {"labels": {"tier0/generation": None}}}
    assert BOOTSTRAP in judge.patch(name, unlabelled)

    labels = before["metadata"].pop("labels")
    before["metadata"]["name"] = "unlabelled"
    assert judge.apply(before) == ""
    labelled = change | {"metadata": {"labels": labels}}
    assert BOOTSTRAP in judge.patch("unlabelled", labelled)
    assert judge.patch("unlabelled", change) == ""  # is not judged


@pytest.mark.parametrize(
    "spec",
    [
        {"bootstrap": {"initdb": {"encoding": "UTF8", "localeCType": "C"}}},
        {"bootstrap": {"initdb": {"localeProvider": "libc"}}},
        {"bootstrap": {"initdb": {"postInitApplicationSQL": ["create schema reports"]}}},
        {"instances": 3, "storage": {"size": "2Gi"}},
        {"plugins": [archive("db-g2")], "imageName": "postgres:18"},
    ],
    ids=["defaults", "another default", "SQL at creation", "a resize", "a major upgrade"],
)
def test_the_first_generation_takes_defaults_and_what_is_no_bootstrap(
    spec: dict[str, Any], judge: Judge
) -> None:
    assert judge.apply(cluster("db", 1, active=True)) == ""
    assert judge.patch("db", {"spec": spec}) == ""


def test_sql_at_creation_may_change_and_go(judge: Judge) -> None:
    """`plan` calls both possible, and says that nothing is run."""
    sql = {"postInitApplicationSQL": ["create schema sales"]}
    filled = {"initdb": INITDB["initdb"] | sql}
    assert judge.apply(cluster("db", 1, active=True, bootstrap=filled)) == ""
    for after in (["create schema reports"], None):
        change = {"bootstrap": {"initdb": {"postInitApplicationSQL": after}}}
        assert judge.patch("db", {"spec": change}) == ""


@pytest.mark.parametrize(
    "spec",
    [
        {"bootstrap": {"recovery": {"database": "app", "owner": "app"}}},
        {"instances": 3, "storage": {"size": "2Gi"}},
        {"plugins": [archive("db-g3")], "imageName": "postgres:18"},
        {"externalClusters": [source(), {"name": "other", "plugin": archive("x")}]},
        {"externalClusters": [{"name": "other", "plugin": archive("x")}, source()]},
    ],
    ids=["defaults", "a resize", "a major upgrade", "another entry", "another entry first"],
)
def test_a_later_generation_takes_defaults_and_what_is_no_bootstrap(
    spec: dict[str, Any], judge: Judge
) -> None:
    assert judge.apply(restored(active=True, bootstrap={"recovery": {"source": "origin"}})) == ""
    assert judge.patch("db-g2", {"spec": spec}) == ""


def test_a_bootstrap_that_was_left_out_becomes_the_default_one(judge: Judge) -> None:
    assert judge.apply(cluster("db", 1, bootstrap={})) == ""
    assert judge.patch("db", {"spec": {"bootstrap": INITDB}}) == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([source()], [source("db-g3")]),
        ([source()], [source(store="db-offsite")]),
        ([source()], [IN_TREE]),
        ([source()], [{"name": "origin", "plugin": archive(None)}]),
        ([source()], [{"name": "origin", "connectionParameters": {"host": "x"}}]),
        ([source()], []),
        ([source()], [source(), source("db-g3")]),
        ([IN_TREE], [IN_TREE | {"barmanObjectStore": in_tree("db", "elsewhere")}]),
        ([IN_TREE], [IN_TREE | {"barmanObjectStore": in_tree("db-g3")}]),
        (
            [IN_TREE],
            [IN_TREE | {"barmanObjectStore": in_tree("db") | {"endpointURL": "https://x"}}],
        ),
        ([IN_TREE], [source("db-g3")]),
    ],
)
def test_the_source_keeps_its_server_name_and_its_store(
    before: list[dict[str, Any]], after: list[dict[str, Any]], judge: Judge
) -> None:
    assert judge.apply(restored(externalClusters=before)) == ""
    change = {"spec": {"externalClusters": after}}
    assert SOURCE in judge.patch("db-g2", change)
    assert SOURCE in judge.apply(restored(externalClusters=after))
    unlabelled = change | {"metadata": {"labels": {"tier0/generation": None}}}
    assert SOURCE in judge.patch("db-g2", unlabelled)


def test_a_source_moves_from_in_tree_to_the_plugin_with_its_server_name(judge: Judge) -> None:
    backup = {"barmanObjectStore": in_tree("db-g2")}
    assert judge.apply(restored(externalClusters=[IN_TREE], plugins=[], backup=backup)) == ""
    assert judge.apply(restored()) == ""
    (entry,) = judge.stored("db-g2")["spec"]["externalClusters"]
    assert entry["plugin"]["parameters"] == archive("db")["parameters"]
