"""What the policy pack finds in the objects of a program: each of its rules is broken once."""

import ast
import runpy
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from components.pods.evidence import Evidence
from components.spec.rule import RULES, of
from stacks.check import environments, load
from stacks.environment import EnvironmentSpec
from stacks.policies import POLICIES, UNKNOWN, Program, Resource
from tests import drilled, valid
from tests.stacks.policies.programs import STORE, changed, put, second, sound
from tests.stacks.report.conftest import recent, write
from tests.support import declared

SETTINGS = {"environment": "homelab", "days": 7}


def said(
    objects: Mapping[str, Mapping[str, Any]],
    settings: Mapping[str, Any] | None = None,
    *,
    unprotected: tuple[str, ...] = (),
) -> list[str]:
    """Return what the policies say of *objects*."""
    resources = [
        Resource(urn=f"urn::{name}", manifest=it, protected=name not in unprotected)
        for name, it in objects.items()
    ]
    return judged(resources, settings)


def judged(resources: list[Resource], settings: Mapping[str, Any] | None = None) -> list[str]:
    program = Program(resources=resources, settings=settings or {})
    lines = list[str]()
    for policy in POLICIES:
        if policy.of:
            lines += [policy.said(fault, it) for it in resources for fault in policy.of(it)]
        if policy.of_all:
            lines += [policy.said(it, it.resource) for it in policy.of_all(program)]
    return lines


BAD = sorted((Path(__file__).parent / "bad").glob("*.py"))


def test_a_program_that_keeps_the_rules_is_told_nothing() -> None:
    assert said(sound()) == []


@pytest.mark.parametrize("module", BAD, ids=lambda module: module.stem)
def test_a_program_that_breaks_a_rule_is_told_it(module: Path) -> None:
    made = runpy.run_path(str(module))
    unprotected = tuple(made.get("UNPROTECTED", ()))
    lines = said(made["OBJECTS"], made.get("SETTINGS"), unprotected=unprotected)
    assert lines == [ast.get_docstring(ast.parse(module.read_text("utf-8")))]


def test_each_policy_is_broken_by_a_program() -> None:
    broken = {module.read_text("utf-8").partition('"""\n')[0].rpartition("[")[2] for module in BAD}
    assert broken == {f"{policy.rule}]" for policy in POLICIES}


@pytest.mark.parametrize(
    "change",
    [
        ("cluster", "plugins", UNKNOWN),
        ("cluster", "plugins.0.isWALArchiver", UNKNOWN),
        ("cluster", "plugins.0.parameters", UNKNOWN),
        ("schedule", "schedule", UNKNOWN),
        ("store", "configuration", UNKNOWN),
        ("store", "configuration.endpointURL", UNKNOWN),
        ("store", "configuration.endpointCA", UNKNOWN),
        ("store", "retentionPolicy", UNKNOWN),
        ("rgw", "gateway", UNKNOWN),
        ("ca", "privateKey", UNKNOWN),
    ],
    ids=lambda change: change[1],
)
def test_what_a_preview_does_not_know_yet_is_not_judged(change: tuple[str, str, Any]) -> None:
    assert said(changed(*change)) == []


@pytest.mark.parametrize("schedule", ["@daily", "TZ=Europe/Berlin 0 0 2 * * *"])
def test_a_schedule_in_words_or_with_a_zone_is_cloudnativepgs_own(schedule: str) -> None:
    assert said(changed("schedule", "schedule", schedule)) == []


def test_aes256_is_taken_of_a_store_with_a_kms_and_of_one_that_is_not_to_be_seen() -> None:
    with_kms, elsewhere = sound(), sound()
    put(with_kms, "rgw", "security.s3", {"tokenSecretName": "kms"})
    for objects in (with_kms, elsewhere):
        put(objects, "store", "configuration.wal", {"encryption": "AES256"})
    put(elsewhere, "store", "configuration.endpointURL", "https://s3.example.org")
    assert said(with_kms) == said(elsewhere) == []


def test_a_public_host_needs_no_ca() -> None:
    objects = sound()
    put(objects, "store", "configuration.endpointURL", "https://s3.example.org")
    put(objects, "store", "configuration.endpointCA", None)
    assert said(objects) == []


def test_an_archive_of_the_plugin_and_one_in_tree_are_compared() -> None:
    objects = second()
    objects["second"]["spec"] = {
        "backup": {
            "barmanObjectStore": STORE | {"serverName": "shop", "destinationPath": "s3://backups"},
            "retentionPolicy": "30d",
        }
    }
    rules = [line.rpartition("[")[2] for line in said(objects)]
    assert rules == ["archive-uses-plugin]", "archive-is-not-shared]"]


def test_two_clusters_with_a_folder_each_share_a_bucket() -> None:
    assert said(second()) == []


@pytest.mark.parametrize("called", ["cluster", "namespace", "rgw"])
def test_what_holds_data_is_to_be_protected(called: str) -> None:
    (line,) = said(sound(), unprotected=(called,))
    assert line.endswith(
        ": Pulumi may delete it with the data in it; set `protect` in its resource options "
        "[data-is-protected]"
    )


def test_a_namespace_without_a_cluster_and_a_certificate_need_no_protection() -> None:
    objects = sound()
    objects["empty"] = objects["namespace"] | {"metadata": {"name": "empty"}}
    assert said(objects, unprotected=("empty", "ca", "store", "schedule")) == []


@pytest.mark.parametrize(
    "stopped", [{"cnpg.io/hibernation": "on"}, {"cnpg.io/fencedInstances": '["*"]'}]
)
def test_a_stopped_cluster_may_be_given_up(stopped: dict[str, str]) -> None:
    objects = sound()
    objects["cluster"]["metadata"]["annotations"] = stopped
    assert said(objects, unprotected=("cluster",)) == []


def evidence(days: int, **changes: Any) -> Evidence:
    """Return a restore of the archive that ended some days ago."""
    made = recent(drilled.passed(server_name="shop", **changes))
    ended = datetime.now(UTC) - timedelta(days=days)
    return replace(made, ended=ended.isoformat())


@pytest.mark.parametrize(
    "found", [evidence(1), evidence(1, verdict="missed")], ids=lambda it: it.verdict
)
def test_an_archive_that_was_restored_in_time_is_proved(found: Evidence, tmp_path: Path) -> None:
    write(tmp_path, [found])
    assert said(sound(), SETTINGS | {"evidence": str(tmp_path)}) == []


@pytest.mark.parametrize(
    "found",
    [
        [],
        [evidence(1, depth="look")],
        [evidence(1, verdict="failed")],
        [replace(evidence(1), server_name="another")],
        [evidence(1, dry=True)],
    ],
    ids=["none", "look", "failed", "another", "dry"],
)
def test_an_archive_that_no_drill_restored_is_told(found: list[Evidence], tmp_path: Path) -> None:
    write(tmp_path, found)
    assert said(sound(), SETTINGS | {"evidence": str(tmp_path)}) == [
        "Cluster shop/shop: no restore has proved anything yet; run `python -m stacks drill` "
        "[drill-is-recent]"
    ]


def test_an_archive_that_was_restored_long_ago_is_told_when(tmp_path: Path) -> None:
    found = evidence(8)
    write(tmp_path, [found])
    assert said(sound(), SETTINGS | {"evidence": str(tmp_path)}) == [
        f"Cluster shop/shop: the last drill that restored it ended on {found.ended[:10]}, more "
        "than 7 days ago; run `python -m stacks drill` [drill-is-recent]"
    ]


def test_evidence_of_another_environment_and_files_that_are_none_prove_nothing(
    tmp_path: Path,
) -> None:
    write(tmp_path, [evidence(1)], context="production")
    lines = said(sound(), SETTINGS | {"evidence": str(tmp_path)})
    assert len(lines) == 2
    assert "it is of the environment production, not homelab" in lines[0]
    assert lines[1].startswith("Cluster shop/shop: no restore has proved anything yet")


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"evidence": "/"}, "environment: is not set; write it next to 'evidence'"),
        (
            SETTINGS | {"evidence": "evidence"},
            "evidence: 'evidence' is no folder; write the absolute path of one",
        ),
        (
            SETTINGS | {"evidence": "/no/such"},
            "evidence: '/no/such' is no folder; write the absolute path of one",
        ),
    ],
)
def test_settings_without_which_nothing_is_known_are_told(
    settings: dict[str, Any], line: str
) -> None:
    assert said(sound(), settings) == [f"{line} [drill-is-recent]"]


def of_tier0(environment: EnvironmentSpec) -> list[Resource]:
    """Return what tier0 declares for an environment, as a policy sees it."""
    return [
        Resource(urn=it.urn, manifest=it.inputs, protected=it.protect)
        for it in declared(environment).resources
        if it.type.startswith("kubernetes:")
    ]


@pytest.mark.parametrize("name", environments())
def test_tier0s_own_environments_keep_the_rules(name: str) -> None:
    environment = load(name)
    lines = judged(of_tier0(environment))
    if environment.disposable:
        assert {line.rpartition(" ")[2] for line in lines} == {"[data-is-protected]"}
    else:
        assert lines == []


def test_a_generation_that_is_given_up_keeps_the_rules() -> None:
    environment = valid.homelab(
        {
            "databases.n8n.generations": [valid.restore(), valid.restore()],
            "databases.n8n.active": 3,
            "databases.n8n.retired": [1],
        }
    )
    assert judged(of_tier0(environment)) == []


def test_each_rule_of_the_level_is_a_policy_and_each_policy_is_a_rule() -> None:
    named = [it.rule for it in POLICIES]
    assert len(named) == len(set(named))
    assert {it.name for it in of("policy")} <= set(named) <= set(RULES)
