"""Variables of Flux get their values, or are named with what to write."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from stacks.adopt.templates import filled, templated, unfilled, values
from stacks.command import Fault
from tests.stacks.adopt.cases import ARCHIVE, adopted, cluster, said

Stacks = Callable[..., subprocess.CompletedProcess[str]]


def _written(folder: Path, **spec: object) -> str:
    path = folder / "in.yaml"
    text = yaml.safe_dump(cluster("${APP}-db", **spec))
    path.write_text(text.replace("instances: 3", "instances: ${N:=3}"))
    return str(path)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("${A}-db", "x-db"),
        ("${A:=y}", "x"),
        ("${B:=y}", "y"),
        ("${B:-y z}", "y z"),
        ("${B:=}", ""),
        ("${B}", "${B}"),
        ("$${A}", "$${A}"),
        ("${A:0:1}", "${A:0:1}"),
        ("$A", "$A"),
    ],
)
def test_a_variable_is_replaced_as_flux_does(text: str, made: str) -> None:
    assert filled(text, {"A": "x"}).text == made


def test_what_cloudnative_pg_replaces_itself_is_no_template() -> None:
    assert not templated("hostssl app app ${podselector:web} scram-sha-256")
    assert templated("${podselector:web} ${A}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "https://${ID}.${ZONE}",
            "needs ${ID} and ${ZONE}; write --set ID=VALUE --set ZONE=VALUE, or adopt what "
            "`flux build` makes of it",
        ),
        ("{{ .Values.size }}", "is a template; adopt what `helm template` makes of it"),
        ("${A:0:1}", "is a template; adopt what `flux build` makes of it"),
    ],
)
def test_a_template_names_its_variables_and_what_to_write(text: str, said: str) -> None:
    assert unfilled(text) == said


def test_variables_are_given_on_the_command_line(tmp_path: Path, stacks: Stacks) -> None:
    archive = {"barmanObjectStore": ARCHIVE | {"endpointURL": "https://${ID}.example.org"}}
    path = _written(tmp_path, backup=archive | {"retentionPolicy": "14d"})
    done = stacks("adopt", path, "--set", "APP=wiki", "--set", "ID=far")
    assert done.returncode == 0, done.stderr
    assert 'cluster="wiki-db"' in done.stdout
    assert 'endpoint="https://far.example.org"' in done.stdout
    assert "instances=3" in done.stdout
    assert "in.yaml: ${N} has its default '3'; write --set N=VALUE if Flux has another" in (
        done.stderr
    )


@pytest.mark.parametrize("given", ["APP", "=x", "A-B=x"])
def test_a_value_without_a_variable_is_refused(given: str, tmp_path: Path, stacks: Stacks) -> None:
    done = stacks("adopt", _written(tmp_path), "--set", given)
    assert done.returncode == 1
    assert done.stderr == f"--set: '{given}' is no variable with a value; write NAME=VALUE\n"


def test_a_variable_with_two_values_is_refused() -> None:
    assert values(["APP=x", "APP=x"]) == {"APP": "x"}
    with pytest.raises(Fault, match="'APP' has two values; write one"):
        values(["APP=x", "APP=y"])


@pytest.mark.parametrize("command", [["adopt"], ["plan", "dev", "--against"]])
def test_a_value_that_no_manifest_uses_is_refused(
    command: list[str], tmp_path: Path, stacks: Stacks
) -> None:
    path = _written(tmp_path)
    done = stacks(*command, path, *(f"--set={it}=x" for it in ("APP", "AP", "CLUSTER", "NN")))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "--set: no manifest of CloudNativePG has ${AP}; write APP, or leave it out",
        "--set: no manifest of CloudNativePG has ${CLUSTER}; leave it out",
        "--set: no manifest of CloudNativePG has ${NN}; write N, or leave it out",
    ]


def test_a_cluster_that_is_kept_out_says_every_variable_that_it_needs() -> None:
    kept = cluster(storage={"size": "${SIZE}"}, instances="${N}")
    made = adopted(kept, cluster("plain"))
    lines = said(made, "kept out")
    assert "spec.storage.size: needs ${SIZE}; write --set SIZE=VALUE" in lines
    assert "spec.instances: needs ${N}; write --set N=VALUE" in lines


def test_the_variables_of_a_script_next_to_it_are_left_alone(
    tmp_path: Path, stacks: Stacks
) -> None:
    script = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"run": "echo ${HOME:-/} ${APP:=x}"}}
    path = tmp_path / "in.yaml"
    path.write_text(f"{yaml.safe_dump(cluster())}---\n{yaml.safe_dump(script)}")
    done = stacks("adopt", str(path))
    assert done.returncode == 0
    assert "has its default" not in done.stderr
