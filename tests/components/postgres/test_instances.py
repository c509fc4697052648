"""The environment of instances, and how the primary is updated."""

from typing import Any

import pytest

from components.kube.program import Program
from components.postgres.clone import clone_spec
from stacks.check.rules.required import required
from stacks.recovery.archives import archives
from stacks.recovery.pods import PodProgram, pod_of
from tests import valid
from tests.support import declared

OURS = ("AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION", "AWS_MAX_ATTEMPTS")


def _clusters(**changes: Any) -> list[dict[str, Any]]:
    environment = valid.environment(databases={"n8n": valid.database(**changes)})
    return [it["spec"] for it in declared(environment).manifests() if it["kind"] == "Cluster"]


def test_every_generation_has_the_environment() -> None:
    found = _clusters(env={"TZ": "Etc/UTC"}, generations=[valid.restore()], active=2)
    assert [it["env"] for it in found] == [[{"name": "TZ", "value": "Etc/UTC"}]] * 2


def test_in_tree_it_comes_after_that_of_the_archive() -> None:
    archived = valid.backup(bucket=valid.claim(), method="in-tree")
    (found,) = _clusters(env={"TZ": "Etc/UTC"}, backup=archived)
    assert [it["name"] for it in found["env"]] == [*OURS, "TZ"]


@pytest.mark.parametrize(
    ("origin", "names"),
    [
        ({"plugin": {"parameters": {"barmanObjectName": "s"}}}, ["TZ"]),
        ({"barmanObjectStore": {}}, [*OURS, "TZ"]),
    ],
    ids=["plugin", "in-tree"],
)
def test_a_clone_has_it_too(origin: dict[str, Any], names: list[str]) -> None:
    spec = valid.database(env={"TZ": "Etc/UTC"})
    made = clone_spec(
        spec, image=spec.image, origin=origin, target={}, superuser=False, region="us-east-1"
    )
    assert [it["name"] for it in made["env"]] == names


def test_nothing_is_said_of_the_environment_where_there_is_none() -> None:
    (found,) = _clusters()
    assert found.keys() & {"env", "primaryUpdateMethod"} == set()


def test_the_primary_is_updated_as_it_is_said() -> None:
    found = _clusters(primary_update_method="switchover", generations=[valid.restore()], active=2)
    assert [it["primaryUpdateMethod"] for it in found] == ["switchover"] * 2


def test_images_are_pulled_with_the_secrets_that_are_named_in_each_namespace() -> None:
    spec = valid.database(image_pull_secrets=["registry"])
    environment = valid.environment(databases={"n8n": spec}, offsite=None)
    needed = {it.place: it.keys for it in required(environment)}
    assert needed["n8n-prod/registry"] == {".dockerconfigjson"}
    assert needed["tier0-drills/registry"] == {".dockerconfigjson"}
    (found,) = _clusters(image_pull_secrets=["registry"])
    store: dict[str, Any] = {"barmanObjectStore": {}}
    clone = clone_spec(
        spec, image=spec.image, origin=store, target={}, superuser=False, region="us-east-1"
    )
    assert found["imagePullSecrets"] == clone["imagePullSecrets"] == [{"name": "registry"}]


def test_every_pod_of_a_databases_own_image_is_pulled_with_them() -> None:
    spec = valid.database(image_pull_secrets=["registry"])
    environment = valid.environment(databases={"n8n": spec})
    jobs = [it for it in declared(environment).manifests() if it["kind"] == "CronJob"]
    pods = [it["spec"]["jobTemplate"]["spec"]["template"]["spec"] for it in jobs]
    (archive,) = archives(environment, "n8n")
    looks = PodProgram(
        command="window",
        namespace="n8n-prod",
        cluster="n8n-postgres",
        program=Program("window"),
        image=archive.python_image,
        settings={},
        waldump=archive.image,
        pull_secrets=archive.pull_secrets,
    )
    pods.append(pod_of(looks)["spec"])
    assert len(pods) > 1
    assert [it["imagePullSecrets"] for it in pods] == [[{"name": "registry"}]] * len(pods)
