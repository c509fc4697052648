"""A program in a pod: what the pod may do, what the program tells, and that nothing is left."""

from datetime import timedelta
from typing import Any

import pytest

from components.kube.program import Program
from stacks.command import Fault
from stacks.recovery.archives import archive_store
from stacks.recovery.pods import PodProgram, pod_of, run_program
from tests.stacks.recovery.conftest import Cluster, ended, waiting
from tests.valid import database, environment

_STORE = archive_store(environment(), database(), "archive")
_WHAT: dict[str, Any] = {
    "command": "window",
    "namespace": "n8n-test",
    "cluster": "n8n-postgres",
    "program": Program("renewal"),
    "image": "example.org/python:1",
    "settings": {"server": "n8n-postgres"},
    "stores": {"source": _STORE},
}


def _run(cluster: Cluster, **changes: Any) -> Any:
    return run_program(cluster.client, PodProgram(**_WHAT | changes))


def test_what_a_program_tells_is_returned_and_its_pod_is_removed(cluster: Cluster) -> None:
    cluster.ends({"told": {"latest": "now"}}, states=(waiting("ContainerCreating"), {}))
    assert _run(cluster) == {"latest": "now"}
    assert len(cluster.applied) == 1
    assert cluster.pods == {}


def test_a_wait_is_said_on_stderr_only(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.ends({"told": 1}, states=(waiting("ContainerCreating"), waiting("ContainerCreating")))
    _run(cluster)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("ContainerCreating") == 1


def test_the_fault_of_a_program_is_the_commands_own(cluster: Cluster) -> None:
    cluster.ends({"fault": "https://s3/b: it refuses the keys (403); fix Secret x"})
    with pytest.raises(Fault, match=r"^https://s3/b: it refuses the keys \(403\); fix Secret x$"):
        _run(cluster)
    assert cluster.pods == {}


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ended(1), r"its program ended with 1 Error \(some progress\nTraceback\); correct"),
        (waiting("ImagePullBackOff", "no such image"), r"\(ImagePullBackOff no such image\); corr"),
        ({"phase": "Failed", "message": "Pod was active too long"}, "did not end .Pod was active"),
    ],
)
def test_a_pod_that_tells_nothing_is_a_sentence(
    cluster: Cluster, state: dict[str, Any], said: str
) -> None:
    cluster.ends("Traceback", 1)
    cluster.states = [state]
    with pytest.raises(Fault, match=said):
        _run(cluster)
    assert cluster.pods == {}


def test_a_pod_that_never_starts_is_given_up_with_its_reason(cluster: Cluster) -> None:
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
    cluster.states = [{"phase": "Pending", "conditions": [condition | {"message": "no node"}]}]
    with pytest.raises(Fault, match=r"it did not end \(Unschedulable no node\)"):
        _run(cluster, seconds=0)


def test_an_interrupted_run_removes_its_pod(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    cluster.ends({"told": 1}, states=({},))
    monkeypatch.setattr("stacks.recovery.pods.time.sleep", interrupted)
    with pytest.raises(KeyboardInterrupt):
        _run(cluster)
    assert len(cluster.applied) == 1
    assert cluster.pods == {}


def test_what_a_killed_run_left_is_removed_and_what_another_runs_is_not(cluster: Cluster) -> None:
    minutes = timedelta(minutes=1)
    cluster.left("runs", ago=5 * minutes, status={"phase": "Running"})
    cluster.left("just-ended", ago=5 * minutes, status=ended())
    cluster.left("not-read", ago=5 * minutes, status=ended(ago=2 * minutes))
    cluster.left("out-of-time", ago=12 * minutes, status={"phase": "Pending"})
    cluster.ends({"told": 1})
    _run(cluster)
    assert cluster.pods.keys() == {"runs", "just-ended"}


def test_the_pod_may_do_nothing_but_its_work() -> None:
    pod = pod_of(PodProgram(**_WHAT, waldump="example.org/postgres:17"))
    assert pod["metadata"]["labels"] == {
        "tier0/command": "window",
        "cnpg.io/cluster": "n8n-postgres",
    }
    spec = pod["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["activeDeadlineSeconds"] == 600
    assert spec["restartPolicy"] == "Never"
    assert [one["image"] for one in spec["containers"]] == [
        "example.org/python:1",
        "example.org/postgres:17",
    ]
    for one in spec["containers"]:
        assert one["securityContext"]["readOnlyRootFilesystem"] is True
        assert one["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert one["resources"]["limits"].keys() == {"memory"}
    assert spec["volumes"][0] == {"name": "scratch", "emptyDir": {"sizeLimit": "4Gi"}}


def test_only_the_program_has_the_keys_and_only_as_files() -> None:
    pod = pod_of(PodProgram(**_WHAT, waldump="example.org/postgres:17"))
    program, waldump = pod["spec"]["containers"]
    assert {"name": "keys-source", "mountPath": "/keys/source", "readOnly": True} in program[
        "volumeMounts"
    ]
    assert [one["name"] for one in waldump["volumeMounts"]] == ["scratch"]
    assert pod["spec"]["volumes"][1] == {"name": "keys-source", "projected": _STORE.files}
    assert [one["name"] for one in program["env"]] == ["TMPDIR"]


def test_without_pg_waldump_the_pod_has_one_container() -> None:
    assert len(pod_of(PodProgram(**_WHAT))["spec"]["containers"]) == 1
