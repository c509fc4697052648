"""The pod of a command, on a real API server: it is admitted next to databases, and not left."""

from collections.abc import Iterator
from typing import Any

import pytest

from components.kube.program import Program
from stacks.cluster import ClusterClient
from stacks.command import Fault
from stacks.recovery.archives import archives
from stacks.recovery.loading import Load, Needs, enter, job, leave
from stacks.recovery.pods import LABEL, PodProgram, pod_of, run_program
from tests.valid import environment, offsite
from tools.sandbox.api_server import Sandbox

_NAMESPACE = "restricted-n8n"


@pytest.fixture
def cluster(sandbox: Sandbox) -> Iterator[ClusterClient]:
    """A client of the sandbox, with a namespace as databases have it."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    metadata: dict[str, Any] = {"name": _NAMESPACE, "labels": labels}
    account = {"name": "default", "namespace": _NAMESPACE}
    with sandbox.cluster() as opened:
        opened.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}, manager="t")
        opened.apply(
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account}, manager="t"
        )
        yield opened


def _what(seconds: int) -> PodProgram:
    (archive,) = archives(environment(offsite=offsite()), "n8n", "offsite")
    return PodProgram(
        command="window",
        namespace=_NAMESPACE,
        cluster=archive.cluster,
        program=Program("window"),
        image=archive.python_image,
        settings={"server": archive.server},
        stores={"source": archive.store},
        waldump=archive.image,
        seconds=seconds,
    )


def test_the_pod_is_admitted_where_only_restricted_pods_are(cluster: ClusterClient) -> None:
    made = cluster.apply(pod_of(_what(60)), manager="tier0", dry_run=True)
    assert made["spec"]["restartPolicy"] == "Never"
    assert made["spec"]["activeDeadlineSeconds"] == 60


def test_a_pod_that_never_starts_is_removed_with_a_sentence(cluster: ClusterClient) -> None:
    with pytest.raises(Fault, match=r"it did not end \(it takes more than 1 s\)"):
        run_program(cluster, _what(1))
    assert cluster.objects("v1", "Pod", _NAMESPACE, labels=LABEL) == []


def test_the_job_that_loads_a_database_is_admitted_and_its_secret_has_both_files(
    cluster: ClusterClient,
) -> None:
    load = Load(_NAMESPACE, "n8n-postgres", "n8n-look", "20261130101500", 'Shop-"1"')
    made = job(load, Needs("postgres:17", 17, None, 2**30, "n8n-postgres-ca"))
    template = cluster.apply(made, manager="tier0", dry_run=True)["spec"]["template"]
    metadata = {"name": load.job, "namespace": _NAMESPACE}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}
    cluster.apply(pod, manager="tier0", dry_run=True)
    kept = [_entered(cluster, load, authority) for authority in ("b2xk", "bmV3")]
    assert [one["clone.crt"] for one in kept] == ["b2xk", "bmV3"]
    assert kept[0]["password"] == kept[1]["password"]
    leave(cluster, load, ())
    assert cluster.get("v1", "Secret", load.job, _NAMESPACE) is None


def _entered(cluster: ClusterClient, load: Load, authority: str) -> dict[str, str]:
    enter(cluster, load, (), authority)
    found = cluster.get("v1", "Secret", load.job, _NAMESPACE)
    assert found
    return dict(found["data"])
