"""What the change of a deployed environment cannot do, and what it brings with it."""

import copy
import runpy
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from components.kube import release_as_object
from components.spec.rule import OUTSIDE, RULES, of, rule_of
from stacks.changes import KINDS, judged, refused
from stacks.environment import EnvironmentSpec
from stacks.render.diff import differences
from stacks.render.owners import owned
from stacks.render.recorder import Recording
from tests import valid
from tests.stacks.check.corpus import expected, rules
from tests.support import declared

IMAGE = "ghcr.io/cloudnative-pg/postgresql:"
OLD, NEW = f"{IMAGE}17.6-system-trixie", f"{IMAGE}18.4-system-trixie"
UPGRADED = {"image": NEW, "generations": [valid.upgrade(from_major=17)]}


CHANGED = sorted((Path(__file__).parent / "changed").glob("*.py"))


def objects(state: EnvironmentSpec | Recording) -> Iterator[Mapping[str, Any]]:
    """Return the objects of an environment, or of what no environment can declare."""
    return (owned(state).all if isinstance(state, EnvironmentSpec) else state).objects()


_RECORDED: dict[str, list[Mapping[str, Any]]] = {}
"""The objects of each environment by all that it says: many modules change the same one."""


def recorded(state: EnvironmentSpec | Recording) -> list[Mapping[str, Any]]:
    """Return the objects of *state*, recorded once."""
    if not isinstance(state, EnvironmentSpec):
        return list(objects(state))
    if (said := repr(state)) not in _RECORDED:
        _RECORDED[said] = list(objects(state))
    return _RECORDED[said]


@cache  # asked for by each test of each rule
def states(module: Path) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """Return the objects of BEFORE and of AFTER in *module*."""
    made = runpy.run_path(str(module))
    return recorded(made["BEFORE"]), recorded(made["AFTER"])


def said(module: Path) -> list[str]:
    """Return what `plan --against` says of the change from BEFORE to AFTER in *module*."""
    return [
        f"{change.kind} {change.name}: {sentence}"
        for change in differences(*states(module))
        for sentence in (*change.impossible, *change.consequences)
    ]


def of_kind(environment: EnvironmentSpec, kind: str) -> Mapping[str, Any]:
    (found,) = (it for it in declared(environment).manifests() if it["kind"] == kind)
    return found


def cluster(**changes: Any) -> Mapping[str, Any]:
    """Return the Cluster of a database with *changes*."""
    database = valid.database(**changes)
    return of_kind(valid.environment(databases={"n8n": database}), "Cluster")


def found(
    old: Mapping[str, Any], new: Mapping[str, Any], status: Mapping[str, Any] | None = None
) -> list[str]:
    """Return the rules of a change, those that refuse it with their sentences."""
    return [str(it) if refused(it) else it.rule.name for it in judged(old, new, {"status": status})]


def test_what_does_not_change_has_no_consequence() -> None:
    assert found(cluster(), cluster()) == []


@pytest.mark.parametrize("module", CHANGED, ids=lambda module: module.stem)
def test_a_change_says_what_it_cannot_do_and_what_it_brings(module: Path) -> None:
    assert said(module) == expected(module)


@pytest.mark.parametrize("name", [it.name for it in (*of("change"), *of("consequence"))])
def test_a_rule_has_a_module_and_without_the_rule_its_line_is_gone(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules = [module for module in CHANGED if name in rules(expected(module))]
    assert modules, f"no module of changed/ breaks {name}"
    monkeypatch.delitem(RULES, name)
    for module in modules:
        assert name not in rules(said(module))


@pytest.mark.parametrize("method", ["plugin", "in-tree"])
def test_a_major_upgrade_with_an_archive_of_its_own_is_possible_and_has_a_consequence(
    method: str,
) -> None:
    backup = valid.backup(method=method, data_compression="gzip")
    before, after = cluster(backup=backup), cluster(backup=backup, **UPGRADED)
    assert found(before, after) == ["major-upgrade-begins-a-window"]
    (consequence,) = judged(before, after)
    assert "begins with the first base backup in 'n8n-postgres-g2'" in str(consequence)


def test_the_way_back_from_a_failed_upgrade_is_open() -> None:
    before, after = cluster(**UPGRADED), cluster(image=OLD)
    assert found(before, after, {"pgDataImageInfo": {"majorVersion": 17}}) == []
    (line,) = found(before, after, {"pgDataImageInfo": {"majorVersion": 18}})
    assert "[major-version-does-not-fall]" in line


def test_an_import_is_corrected_until_an_instance_has_run() -> None:
    before, after = (
        cluster(import_from=valid.importing(post_import_sql=sql)) for sql in (["analyse shop"], [])
    )
    failing = {"phase": "Setting up primary", "targetPrimary": "n8n-postgres-1"}
    assert found(before, after, failing) == ["failing-import-is-corrected"]
    (line,) = found(before, after, failing | {"currentPrimary": "n8n-postgres-1"})
    assert "write import_from as it was [import-is-read-once]" in line
    line, consequence = found(before, after)  # nothing is known
    assert ("read-once" in line, consequence) == (True, "failing-import-is-corrected")


@pytest.mark.parametrize(
    "change",
    [
        {"storage": "20Gi"},
        {"wal_storage": "5Gi"},
        {"instances": 3},
        {"image": f"{IMAGE}17.7-system-trixie"},
        {"parameters": {"max_connections": "200"}},
        {"backup": valid.backup(schedule="0 3 * * *")},
    ],
)
def test_what_can_be_changed_is_not_spoken_of(change: dict[str, Any]) -> None:
    assert found(cluster(), cluster(**change)) == []


def test_segments_of_a_size_that_cannot_be_declared_are_not_to_be_written() -> None:
    before: Any = copy.deepcopy(cluster(wal_segment=64))
    before["spec"]["bootstrap"]["initdb"]["walSegmentSize"] = 256
    (fault,) = judged(before, cluster(wal_segment=64))
    assert str(fault).endswith(
        "segments of 256 MiB do not become 64, as initdb makes them; move the data into a new "
        "database [segment-size-stays]"
    )


CEPH = "quay.io/ceph/ceph"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"image": f"{CEPH}:v18.2.7"}, {"image": "registry.lan:5000/ceph/ceph:v18.2.7"}),
        ({"image": f"{CEPH}:v18.2.7"}, {"image": f"{CEPH}:v18.2.7@sha256:{'1' * 64}"}),
        ({"image": f"{CEPH}:v18.2.7"}, {"image": f"{CEPH}:v20.2.1"}),
        ({"disks": valid.named_nodes()}, {"disks": valid.named_nodes("w-1", "w-2", "w-3", "w-4")}),
        ({"disks": valid.named_nodes()}, {"disks": valid.every_node()}),
        ({"monitors": 3}, {"monitors": 5}),
    ],
)
def test_what_can_be_changed_of_ceph_is_not_spoken_of(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    states = [valid.environment(storage=valid.storage(**it)) for it in (before, after)]
    assert found(*(of_kind(it, "CephCluster") for it in states)) == []


def test_a_further_name_of_the_gateways_is_not_spoken_of() -> None:
    names: list[list[str]] = [[], ["s3.site-a.example.org"]]
    stores = [valid.object_store(certificate=valid.certificate(hosts=it)) for it in names]
    made = [
        it
        for store in stores
        for it in declared(valid.environment(object_store=store)).manifests()
        if it["metadata"]["name"] == "s3-tls"
    ]
    assert found(*made) == []
    assert found(*reversed(made)) == ["clients-know-the-certificates-names"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"max_connections": "200"}, {}),
        ({"max_connections": "200"}, {"max_connections": "100"}),
        ({}, {"max_worker_processes": "8"}),
    ],
)
def test_without_replicas_a_lower_parameter_is_any_change(
    before: dict[str, str], after: dict[str, str]
) -> None:
    one = [
        valid.environment(
            disposable=True, databases={"n8n": valid.database(instances=1, parameters=parameters)}
        )
        for parameters in (before, after)
    ]
    assert found(*(of_kind(it, "Cluster") for it in one)) == []


def test_a_bare_tag_is_no_other_debian_than_bullseye() -> None:
    bare, bullseye = f"{IMAGE}17.6", f"{IMAGE}17.6-system-bullseye"
    assert found(cluster(image=bare), cluster(image=bullseye)) == []


def test_what_a_preview_does_not_know_yet_is_not_judged() -> None:
    unknown = {**cluster(), "spec": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}
    assert found(unknown, cluster()) == found(unknown, unknown) == []


def test_each_rule_over_two_states_judges_a_kind() -> None:
    """A rule of a class to which no kind leads would judge nothing."""
    judging = {rule_of(find) for made in KINDS.values() for find in OUTSIDE[made]}
    assert {*of("change"), *of("consequence")} == judging


ROOK, BARMAN = "rook-ceph", "plugin-barman-cloud"


def release(chart: str, version: str, tag: str = "") -> Mapping[str, Any]:
    """Return a Helm release as rules know it."""
    image = {"image": {"tag": tag}} if tag else {}
    return release_as_object(
        {"name": chart, "namespace": chart, "chart": chart, "version": version, "values": image}
    )


@pytest.mark.parametrize(
    ("before", "after", "broken"),
    [
        ((ROOK, "v1.17.9"), (ROOK, "v1.18.11"), []),
        ((ROOK, "v1.17.9"), (ROOK, "v1.17.10"), []),
        ((ROOK, "v1.16.9"), (ROOK, "v1.17.9"), []),
        ((ROOK, "v1.17.9"), (ROOK, "v2.0.1"), []),
        ((ROOK, "v1.17.9"), (ROOK, "v1.17.8"), ["older-operator-is-untested"]),
        ((ROOK, "v1.18.11"), (ROOK, "v1.9.13"), ["operator-keeps-its-crds"]),
        ((ROOK, "v1.17.9"), (ROOK, "1.20.5"), ["rook-skips-no-minor-version"]),
        (("cloudnative-pg", "0.29.0"), ("cloudnative-pg", "0.31.0"), []),
        (("cloudnative-pg", "0.29.0"), ("cloudnative-pg", "0.28.2"), ["operator-keeps-its-crds"]),
        (("cert-manager", "v1.21.2"), ("cert-manager", "v1.20.3"), ["operator-keeps-its-crds"]),
        ((BARMAN, "0.7.0", "v0.13.0"), (BARMAN, "0.7.0", "v0.15.0"), []),
        ((BARMAN, "0.7.0", "v0.15.0"), (BARMAN, "0.8.0"), []),
        (
            (BARMAN, "0.7.0", "v0.15.0"),
            (BARMAN, "0.7.0", "v0.14.1"),
            ["older-operator-is-untested"],
        ),
        # Its numbers are not Argo CD's own, and its CRDs know what the older ones did.
        (("argo-cd", "9.3.5"), ("argo-cd", "9.2.4"), ["older-operator-is-untested"]),
        (("sealed-secrets", "2.17.7"), ("sealed-secrets", "2.17.7", "0.33.1"), []),
        ((ROOK, "v1.18.11"), ("rook", "v1.17.9"), []),
        ((ROOK, "v1.18.11"), (ROOK, "04da6b54-80e4-46f7-96ec-b56ff0331ba9"), []),
    ],
)
def test_an_operator_is_upgraded_as_its_developers_test_it(
    before: tuple[str, ...], after: tuple[str, ...], broken: list[str]
) -> None:
    assert [it.rule.name for it in judged(release(*before), release(*after))] == broken


def test_a_rook_without_a_row_is_named_by_its_minor_version() -> None:
    (line,) = found(release(ROOK, "v1.15.9"), release(ROOK, "v1.17.9"))
    assert "write 'v1.16.x' first [rook-skips-no-minor-version]" in line
