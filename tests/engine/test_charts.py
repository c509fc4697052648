"""What the operators' own charts make of the values that tier0 gives them, by the real Helm.

Three charts come with their operators' Go modules. Those of CloudNativePG, the plugin and Argo CD
have repositories of their own, which no package registry serves: see docs/decisions/0013.
"""

import json
import os
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes import client
from kubernetes.client.exceptions import ApiException

from components.charts import CHARTS, Operator
from components.operators import chart_values
from tools.build.crds import OPERATORS
from tools.build.go import Go
from tools.build.toolchain import Toolchain
from tools.sandbox.api_server import Sandbox

VALUES = chart_values(
    certificates_namespace="cert-manager",
    encrypted_ceph=True,
    rook_memory="1Gi",
    bucket_policies=True,
)
FOLDERS: Mapping[Operator, str] = {
    "cert-manager": "deploy/charts/cert-manager",
    "rook": "deploy/charts/rook-ceph",
    "sealed-secrets": "helm/sealed-secrets",
}
NAMESPACES = {"cert-manager": "cert-manager", "rook": "rook-ceph", "sealed-secrets": "kube-system"}


@pytest.fixture(scope="module")
def charts(
    toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[Operator, Path]:
    """The charts of the releases whose CRDs the sandbox has, unpacked."""
    root = tmp_path_factory.mktemp("charts")
    with tempfile.TemporaryFile() as lock:
        go = Go.find(toolchain.cache, lock.fileno())
    for operator in OPERATORS:
        if operator.name in FOLDERS:
            archive = go.module(operator.module, operator.version, operator.checksum)
            head = f"{operator.module}@{operator.version}/"
            with zipfile.ZipFile(archive) as opened:
                for name in opened.namelist():
                    inside = name.removeprefix(head)
                    if inside.startswith(("deploy/charts/", "helm/")):
                        target = root / operator.name / inside
                        target.parent.mkdir(parents=True, exist_ok=True)
                        target.write_bytes(opened.read(name))
    found = {operator: root / operator / folder for operator, folder in FOLDERS.items()}
    # Rook's chart needs its library beside it; `helm dependency build` would fetch nothing else.
    (found["rook"] / "charts").mkdir()
    (found["rook"] / "charts" / "library").symlink_to(found["rook"].parent / "library")
    return found


@pytest.fixture
def template(toolchain: Toolchain, charts: Mapping[Operator, Path], tmp_path: Path) -> Any:
    """Return a function that renders an operator's chart with the given values."""

    def rendered(operator: Operator, values: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
        given = tmp_path / "values.yaml"
        given.write_text(yaml.safe_dump(values))
        return subprocess.run(
            [
                toolchain.binary("helm"),
                "template",
                CHARTS[operator].chart,
                charts[operator],
                f"--namespace={NAMESPACES[operator]}",
                "--kube-version=1.34.4",
                f"--values={given}",
            ],
            env={"HOME": str(tmp_path), "PATH": os.defpath},
            capture_output=True,
            check=False,
            text=True,
        )

    return rendered


@pytest.fixture
def objects(template: Any) -> Any:
    """Return a function that gives what an operator's chart makes of tier0's values."""

    def made(operator: Operator) -> list[Any]:
        done = template(operator, VALUES[operator])
        assert done.returncode == 0, done.stderr
        return [found for found in yaml.load_all(done.stdout, yaml.CSafeLoader) if found]

    return made


def _paths(values: Mapping[str, Any], head: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _paths(value, (*head, key))
        else:
            yield (*head, key)


def _one(objects: list[Any], kind: str, name: str) -> Any:
    (found,) = [o for o in objects if o["kind"] == kind and o["metadata"]["name"] == name]
    return found


@pytest.mark.parametrize("operator", FOLDERS)
def test_a_chart_knows_every_value_that_it_is_given(
    operator: Operator, charts: Mapping[Operator, Path]
) -> None:
    known = yaml.safe_load((charts[operator] / "values.yaml").read_text("utf-8"))
    for path in _paths(VALUES[operator]):
        place = known
        for key in path:
            assert key in place, f"{'.'.join(path)} means nothing to the chart of {operator}"
            place = place[key]


def test_a_misspelt_value_is_refused_where_a_chart_has_a_schema(template: Any) -> None:
    done = template("cert-manager", {"crds": {"enabeld": True}})
    assert done.returncode, "the schema checks nothing, so the test above must"
    assert "enabeld" in done.stderr


@pytest.mark.parametrize("operator", ["cert-manager", "rook"])
def test_a_chart_leaves_its_crds_when_it_is_removed(operator: Operator, objects: Any) -> None:
    kept = {
        made["metadata"]["name"]: made["metadata"].get("annotations", {})
        for made in objects(operator)
        if made["kind"] == "CustomResourceDefinition"
    }
    assert kept
    for name, annotations in kept.items():
        assert annotations.get("helm.sh/resource-policy") == "keep", (
            f"{name} would go with the release, and with it every object of its kind"
        )


def test_the_root_ca_is_read_where_tier0_puts_it(objects: Any) -> None:
    controller = _one(objects("cert-manager"), "Deployment", "cert-manager")
    arguments = controller["spec"]["template"]["spec"]["containers"][0]["args"]
    assert "--cluster-resource-namespace=cert-manager" in arguments


def test_rook_allows_a_buckets_quota_and_readers_and_mounts_encrypted(objects: Any) -> None:
    settings = _one(objects("rook"), "ConfigMap", "rook-ceph-operator-config")["data"]
    allowed = settings["ROOK_OBC_ALLOW_ADDITIONAL_CONFIG_FIELDS"].split(",")
    assert {"maxSize", "bucketPolicy"} <= {*allowed}
    assert "bucketOwner" not in allowed, "whoever may write a claim could take another's bucket"
    assert settings["CSI_CEPHFS_KERNEL_MOUNT_OPTIONS"] == "ms_mode=secure"


def test_rooks_operator_gets_its_memory_and_keeps_what_the_chart_reserves(objects: Any) -> None:
    operator = _one(objects("rook"), "Deployment", "rook-ceph-operator")
    resources = operator["spec"]["template"]["spec"]["containers"][0]["resources"]
    assert resources["limits"] == {"memory": "1Gi"}
    assert resources["requests"]["memory"] == "128Mi"


def test_kubeseal_finds_the_controller_by_its_default_name(objects: Any) -> None:
    made = objects("sealed-secrets")
    assert _one(made, "Service", "sealed-secrets-controller")
    container = _one(made, "Deployment", "sealed-secrets-controller")["spec"]["template"]["spec"]
    assert container["containers"][0]["image"].endswith(f":{CHARTS['sealed-secrets'].version}")


@pytest.mark.parametrize(
    ("operator", "level", "answer"),
    [
        ("cert-manager", "restricted", "admitted"),
        ("rook", "privileged", "admitted"),
        # What the level is for; of the daemons that the operator starts, this is true the more.
        ("rook", "restricted", "refused"),
    ],
)
def test_an_operators_namespace_admits_its_pods(
    operator: Operator, level: str, answer: str, objects: Any, sandbox: Sandbox
) -> None:
    pods = [
        made["spec"]["template"]["spec"]
        for made in objects(operator)
        if made["kind"] in {"Deployment", "DaemonSet", "StatefulSet", "Job"}
    ]
    assert pods
    with sandbox.api() as api:
        core: Any = client.CoreV1Api(api)
        labels = {"pod-security.kubernetes.io/enforce": level}
        core.create_namespace({"metadata": {"name": "admitting", "labels": labels}})
        refusals = [_refusal(core, spec) for spec in pods]
    assert answer == ("refused" if any(refusals) else "admitted"), refusals


def _refusal(core: Any, spec: Mapping[str, Any]) -> str:
    """Why the API server does not admit a pod; empty where it does."""
    # Its account is not there; the account that every namespace has will do.
    kept = {key: value for key, value in spec.items() if not key.startswith("serviceAccount")}
    pod = {"metadata": {"name": "pod"}, "spec": kept | {"serviceAccountName": "default"}}
    try:
        core.create_namespaced_pod("admitting", pod, dry_run="All")
    except ApiException as error:
        message = str(json.loads(error.body or "{}")["message"])
        assert "violates PodSecurity" in message, message
        return message
    return ""


def test_what_is_installed_is_what_the_tests_have_the_crds_of() -> None:
    tried = {operator.name: operator.version.removeprefix("v") for operator in OPERATORS}
    # Their kinds are used where they are; they are not installed.
    del tried["prometheus-operator"], tried["external-snapshotter"]
    pinned: dict[str, str] = {
        str(name): chart.version.removeprefix("v") for name, chart in CHARTS.items()
    }
    pinned["plugin-barman-cloud"] = pinned.pop("barman-cloud")
    # Of Argo CD nothing here depends on the patch level.
    for versions in (tried, pinned):
        versions["argo-cd"] = versions["argo-cd"].rpartition(".")[0]
    assert pinned == tried
