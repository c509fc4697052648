"""What the guard refuses in a preview, and what it lets pass."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from components.kube import HOLDS_DATA
from components.postgres.generations import FENCED, GENERATION
from stacks.review import guard
from tests.stacks.review.previews import Review, free, preview, state, step
from tests.support import ROOT


def faults(*steps: Mapping[str, Any], **changes: Any) -> str:
    return "\n".join(guard.judge(preview(*steps, **changes)).faults)


def test_a_preview_that_harms_nothing_passes_and_says_what_it_saw(review: Review) -> None:
    seen = preview(
        step("same", state(), state()),
        step("update", state("b"), state("b")),
        step("delete", free()),
        step("replace", free("other"), free("other")),
        step("create", None, state("c")),
    )
    done = review("guard", given=json.dumps(seen))
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "5 steps, 3 on objects holding data, none deletes or replaces one or drops its protection\n"
    )


def test_deleting_an_object_that_holds_data_fails_and_names_it() -> None:
    command = [sys.executable, "-m", "stacks.review", "guard"]
    text = json.dumps(preview(step("delete", state())))
    done = subprocess.run(
        command, cwd=ROOT, input=text, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, "the guard let a deletion pass"
    assert done.stderr.startswith("n8n-prod/n8n-postgres (Cluster): would be deleted"), done.stderr
    assert "pulumi state delete --force 'urn:pulumi:homelab" in done.stderr


def _cluster(**annotations: str) -> dict[str, Any]:
    """Return a Cluster that is a generation, and is not protected."""
    made = free("n8n-postgres-g2", "Cluster")
    made["inputs"]["metadata"] |= {"labels": {GENERATION: "2"}, "annotations": annotations}
    return made


def _database(cluster: str, *, protected: bool) -> dict[str, Any]:
    made = (state if protected else free)("reports", "Database")
    return {**made, "inputs": {**made["inputs"], "spec": {"cluster": {"name": cluster}}}}


def test_a_generation_that_is_retired_may_lose_its_protection_and_so_may_its_databases() -> None:
    name = "n8n-postgres-g2"
    update = step("update", state(name), _cluster(**{FENCED: '["*"]'}))
    databases = [_database(name, protected=it) for it in (True, False)]
    assert faults(update, step("update", *databases)) == ""
    assert "would be deleted" in faults(update, step("delete", databases[0]))
    others = [_database("n8n-postgres", protected=it) for it in (True, False)]
    assert "would lose `protect`" in faults(update, step("update", *others))
    runs = step("update", state(name), _cluster())
    assert faults(runs, step("update", *databases)).count("would lose `protect`") == 2


@pytest.mark.parametrize(
    "only",
    [
        {"retainOnDelete": False, "inputs": "unmarked"},
        {"protect": False, "inputs": "unmarked"},
        {"protect": False, "retainOnDelete": False},
    ],
    ids=["protect", "retainOnDelete", "annotation"],
)
def test_each_of_the_three_marks_alone_says_that_an_object_holds_data(only: dict[str, Any]) -> None:
    assert "would be deleted" in faults(step("delete", state(**only)))


@pytest.mark.parametrize(
    "operation",
    ["replace", "create-replacement", "delete-replaced", "import-replacement"],
)
def test_every_step_of_a_replacement_is_one(operation: str) -> None:
    assert "would be replaced" in faults(step(operation, state(), state()))


def test_a_replacement_is_one_sentence_and_says_which_field_causes_it() -> None:
    reason = {"metadata.name": {"kind": "update-replace"}, "spec.instances": {"kind": "update"}}
    said = faults(
        step("create-replacement", state(), state("new")),
        step("replace", state(), state("new"), detailedDiff=reason),
        step("delete-replaced", state()),
    )
    assert said.startswith(
        "n8n-prod/n8n-postgres (Cluster): would be replaced because metadata.name changes; "
    )
    assert len(said.splitlines()) == 1, said


def test_a_replaced_provider_is_told_apart_by_its_mend() -> None:
    said = faults(step("replace", state(), state(), replaceReasons=["provider"]))
    assert "because provider changes; restore the provider's name" in said


def test_an_object_that_is_made_again_under_another_name_is_mended_by_an_alias() -> None:
    again = state() | {"urn": "urn:pulumi:homelab::tier0::kubernetes:Cluster::m8n-cluster"}
    said = faults(step("create", None, again), step("delete", state()))
    assert "m8n-cluster is the same object under another name" in said
    assert "aliases=" in said


@pytest.mark.parametrize(
    ("lost", "word"),
    [
        ({"protect": False}, "`protect`"),
        ({"retainOnDelete": False}, "`retain_on_delete`"),
        ({"inputs": "unmarked"}, f"the annotation {HOLDS_DATA}"),
    ],
    ids=["protect", "retainOnDelete", "annotation"],
)
@pytest.mark.parametrize("operation", ["same", "update"])
def test_dropping_the_protection_is_refused_before_anything_can_be_deleted(
    operation: str, lost: dict[str, Any], word: str
) -> None:
    assert f"would lose {word}," in faults(step(operation, state(), state(**lost)))


def test_an_annotation_that_is_not_known_yet_counts_as_lost() -> None:
    unknown = {"kind": "Cluster", "metadata": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}
    said = faults(step("update", state(), state(inputs=unknown)))
    assert f"would lose the annotation {HOLDS_DATA}" in said


def test_a_step_whose_states_are_left_out_cannot_be_judged() -> None:
    blind = {"op": "delete", "urn": state()["urn"], "detailedDiff": None}
    assert "so it may hold data" in faults(blind)
    assert "so it may lose its protection" in faults(step("update", state()))


def test_an_operation_of_a_later_pulumi_is_refused_not_ignored() -> None:
    assert "has the operation vaporise" in faults(step("vaporise", state()))


def test_a_preview_that_hides_unchanged_objects_is_refused() -> None:
    said = faults(step("same", free(), free()), changeSummary={"same": 22})
    assert "leaves out 21 unchanged objects" in said
    assert "--show-sames" in said


def test_a_preview_that_shows_less_than_it_counts_is_refused() -> None:
    said = faults(step("create", None, state()), changeSummary={"create": 1, "delete": 2})
    assert "counts 2 delete but shows 0, so it is incomplete" in said


def test_a_failed_preview_is_refused_even_where_its_steps_are_harmless() -> None:
    trace = "error: Program failed:\nTraceback (most recent call last):\n  File x\nKeyError: 1\n"
    said = faults(
        step("same", state(), state()), diagnostics=[{"severity": "error", "message": trace}]
    )
    assert said == "preview: failed: KeyError: 1; fix that and preview again"


def test_where_pulumi_itself_refuses_the_object_is_named_once() -> None:
    # Both messages as pulumi 3.250 prints them.
    refused = "error: Preview failed: resource cannot be deleted\nbecause it is protected. To"
    said = faults(
        step("delete", state()),
        diagnostics=[
            {"severity": "error", "urn": state()["urn"], "message": refused},
            {"severity": "error", "message": "error: preview failed\n"},
        ],
    )
    assert [line.split(":")[0] for line in said.splitlines()] == [
        "n8n-prod/n8n-postgres (Cluster)",
        "preview",
    ]
    assert "so more may follow" in said


def test_another_error_of_a_refused_object_is_not_swallowed() -> None:
    other = {"severity": "error", "urn": state()["urn"], "message": "error: denied by webhook"}
    assert "failed: denied by webhook" in faults(step("delete", state()), diagnostics=[other])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is empty, so the preview failed before it started"),
        ("error: no stack named 'x' found", "is not JSON, or is truncated"),
        (json.dumps(preview(step("delete", state())))[:-9], "is not JSON, or is truncated"),
        ('{"sequence":0}\n{"sequence":1}', "is a stream of events"),
        ("[]", "is not what a preview prints"),
        ('{"version": 3}', "is not what a preview prints"),
        ('{"skipped": "no secrets"}', "no preview was made: no secrets"),
        ('{"steps": [{"op": "same"}]}', "does not have the shape that pulumi 3.250 prints"),
        ('{"steps": 1}', "does not have the shape that pulumi 3.250 prints"),
        ("[" * 100_000, "nested too deeply"),
        ('{"steps": [], "changeSummary": {}}', "has no steps or no summary"),
    ],
    ids=[
        "empty",
        "words",
        "cut",
        "stream",
        "list",
        "other",
        "skipped",
        "shape",
        "steps",
        "deep",
        "nothing",
    ],
)
def test_what_is_no_preview_is_a_sentence_and_a_failure(
    review: Review, text: str, fault: str
) -> None:
    done = review("guard", given=text)
    assert done.returncode == 1, f"the guard passed {text[:60]!r}"
    assert fault in done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr


def test_a_file_that_is_not_there_is_a_sentence(review: Review, tmp_path: Path) -> None:
    done = review("guard", str(tmp_path / "none.json"))
    assert done.returncode == 1
    assert "cannot be read" in done.stderr


def of_size(size: str, **changes: Any) -> dict[str, Any]:
    """Return a Cluster as a preview shows it, whose volumes have this size."""
    made = state(**changes)
    return made | {"inputs": made["inputs"] | {"spec": {"storage": {"size": size}}}}


def test_a_change_that_cannot_be_made_is_refused_in_the_words_of_its_rule() -> None:
    assert faults(step("update", of_size("20Gi"), of_size("10Gi"))) == (
        "n8n-prod/n8n-postgres (Cluster): spec.storage.size: '20Gi' cannot become '10Gi', as a "
        "volume does not shrink; write '20Gi' [volume-does-not-shrink]"
    )
    assert faults(step("update", of_size("10Gi"), of_size("20Gi"))) == ""


def of_version(version: str) -> dict[str, Any]:
    """Return Rook's release as a preview shows it."""
    inputs = {"name": "rook-ceph", "namespace": "rook", "chart": "rook-ceph", "version": version}
    return free("operators-rook") | {"type": "kubernetes:helm.sh/v3:Release", "inputs": inputs}


def test_an_operator_that_would_skip_a_release_or_become_older_is_refused() -> None:
    assert faults(step("update", of_version("v1.17.9"), of_version("v1.19.10"))) == (
        "rook/rook-ceph (Release): version: 'v1.17.9' is upgraded by one minor version at a time, "
        "not to 'v1.19.10'; write 'v1.18.11' first [rook-skips-no-minor-version]"
    )
    said = faults(step("update", of_version("v1.18.11"), of_version("v1.17.9")))
    assert "'v1.18.11' cannot become 'v1.17.9'" in said
    assert faults(step("update", of_version("v1.17.9"), of_version("v1.18.11"))) == ""
    assert faults(step("update", of_version("v1.17.9"), of_version("v1.17.8"))) == ""


def test_the_way_back_from_a_failed_upgrade_is_open_as_the_operators_status_says_it() -> None:
    def with_image(version: str, **outputs: Any) -> dict[str, Any]:
        made = state(outputs=outputs)
        image = {"imageName": f"ghcr.io/cloudnative-pg/postgresql:{version}"}
        return made | {"inputs": made["inputs"] | {"spec": image}}

    failed = {"pgDataImageInfo": {"majorVersion": 17}}
    back = with_image("17.6-system-trixie")
    assert faults(step("update", with_image("18.4-system-trixie", status=failed), back)) == ""
    said = faults(step("update", with_image("18.4-system-trixie"), back))
    assert "PostgreSQL 18 cannot become 17" in said


def test_what_becomes_protected_with_a_change_that_replaces_it_is_refused() -> None:
    unprotected = state(protect=False, retainOnDelete=False, inputs="unmarked")
    assert "would be replaced" in faults(step("replace", unprotected, state()))
    assert faults(step("update", unprotected, state())) == ""
