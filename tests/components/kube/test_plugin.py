"""What the plugin is told is what the SDK's generated classes would tell it.

So a stack that was deployed with those stays as it is: what the engine finds the same is decided by
type, name, inputs and options, and each of them is compared here.
"""

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_kubernetes as sdk
import pytest
from google.protobuf.json_format import MessageToDict
from pulumi.runtime import mocks

from components import kube

Declare = Callable[[pulumi.Resource], object]

_OURS_ALONE = ("sourcePosition", "stackTrace", "aliases")
"""Where in the program it stands; and the types that kinds had before their `v1`, for stacks that
were deployed with them: none of tier0's was."""


class _Echo(mocks.Mocks):
    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        return args.name, args.inputs

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
        raise NotImplementedError(args.token)


class _Monitor(mocks.MockMonitor):
    def __init__(self) -> None:
        super().__init__(_Echo())
        self.requests: list[dict[str, Any]] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - gRPC's
        self.requests.append(MessageToDict(request))
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]


def _registered(declare: Declare) -> dict[str, Any]:
    """Return what *declare* registers last."""
    monitor = _Monitor()
    mocks.set_mocks(monitor.mocks, preview=False, monitor=monitor)
    run: Any = pulumi.runtime.test
    run(lambda: declare(pulumi.ComponentResource("tier0:test:Parent", "parent")))()
    return {key: part for key, part in monitor.requests[-1].items() if key not in _OURS_ALONE}


def _namespace(parent: pulumi.Resource) -> None:
    kube.Object(
        "x",
        parent=parent,
        api_version="v1",
        kind="Namespace",
        name="a",
        pods="restricted",
        keep=True,
    )


def _sdks_namespace(parent: pulumi.Resource) -> None:
    sdk.core.v1.Namespace(
        "x",
        metadata={
            "name": "a",
            "annotations": {kube.HOLDS_DATA: "true"},
            "labels": {"pod-security.kubernetes.io/enforce": "restricted"},
        },
        opts=kube.child(parent, keep=True),
    )


def _deployment(parent: pulumi.Resource) -> None:
    pod = {"serviceAccountName": "b", "containers": [{"name": "c", "volumeMounts": []}]}
    kube.Object(
        "x",
        parent=parent,
        api_version="apps/v1",
        kind="Deployment",
        name="a",
        namespace=pulumi.Output.from_input("b"),
        spec={"selector": {"matchLabels": {"a_b": "c"}}, "template": {"spec": pod}},
    )


def _sdks_deployment(parent: pulumi.Resource) -> None:
    sdk.apps.v1.Deployment(
        "x",
        metadata={"name": "a", "namespace": pulumi.Output.from_input("b")},
        spec={
            "selector": {"match_labels": {"a_b": "c"}},
            "template": {
                "spec": {
                    "service_account_name": "b",
                    "containers": [{"name": "c", "volume_mounts": []}],
                }
            },
        },
        opts=kube.child(parent),
    )


def _storage_class(parent: pulumi.Resource) -> None:
    kube.Object(
        "x",
        parent=parent,
        api_version="storage.k8s.io/v1",
        kind="StorageClass",
        name="a",
        fields={"provisioner": "b", "allowVolumeExpansion": True},
    )


def _sdks_storage_class(parent: pulumi.Resource) -> None:
    sdk.storage.v1.StorageClass(
        "x",
        metadata={"name": "a"},
        provisioner="b",
        allow_volume_expansion=True,
        opts=kube.child(parent),
    )


def _custom(parent: pulumi.Resource) -> None:
    kube.Object(
        "x",
        parent=parent,
        api_version="cert-manager.io/v1",
        kind="Certificate",
        name="a",
        namespace="b",
        spec={"some_key": pulumi.Output.secret("c")},
        within=60,
        operator_deletes=True,
        finalizers=["d"],
    )


def _sdks_custom(parent: pulumi.Resource) -> None:
    sdk.apiextensions.CustomResource(
        "x",
        api_version="cert-manager.io/v1",
        kind="Certificate",
        metadata={
            "name": "a",
            "namespace": "b",
            "annotations": {
                "pulumi.com/waitFor": "condition=Ready",
                "pulumi.com/timeoutSeconds": "60",
                "pulumi.com/deletionPropagationPolicy": "background",
            },
            "finalizers": ["d"],
        },
        spec={"some_key": pulumi.Output.secret("c")},
        opts=kube.child(parent),
    )


def _release(parent: pulumi.Resource) -> None:
    kube.Release(
        "x",
        parent=parent,
        name="a",
        namespace="b",
        chart="c",
        version="1",
        repository="https://charts.example.org",
        values={"some_key": {"another_key": 1}},
        within=60,
        after=[pulumi.ComponentResource("tier0:test:Needed", "needed")],
    )


def _sdks_release(parent: pulumi.Resource) -> None:
    sdk.helm.v3.Release(
        "x",
        name="a",
        namespace="b",
        chart="c",
        version="1",
        repository_opts={"repo": "https://charts.example.org"},
        values={"some_key": {"another_key": 1}},
        timeout=60,
        opts=kube.child(parent, after=[pulumi.ComponentResource("tier0:test:Needed", "needed")]),
    )


def _provider(_: pulumi.Resource) -> None:
    kube.Provider("x", cluster="a")


def _sdks_provider(_: pulumi.Resource) -> None:
    sdk.Provider("x", context="a", cluster_identifier="a", enable_secret_mutable=True)


def _provider_of_a_made_cluster(_: pulumi.Resource) -> None:
    kube.Provider("x", cluster="a", kubeconfig=pulumi.Output.secret("b"))


def _sdks_provider_of_a_made_cluster(_: pulumi.Resource) -> None:
    sdk.Provider(
        "x",
        kubeconfig=pulumi.Output.secret("b"),
        cluster_identifier="a",
        enable_secret_mutable=True,
    )


@pytest.mark.parametrize("kubeconfig", ["/elsewhere/kubeconfig", None])
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (_namespace, _sdks_namespace),
        (_deployment, _sdks_deployment),
        (_storage_class, _sdks_storage_class),
        (_custom, _sdks_custom),
        (_release, _sdks_release),
        (_provider, _sdks_provider),
        (_provider_of_a_made_cluster, _sdks_provider_of_a_made_cluster),
    ],
)
def test_the_same_is_registered_as_by_the_sdks_class(
    ours: Declare, theirs: Declare, kubeconfig: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kubeconfig:
        monkeypatch.setenv("KUBECONFIG", kubeconfig)
    else:
        monkeypatch.delenv("KUBECONFIG", raising=False)
    registered = _registered(ours)
    assert registered["object"]
    assert registered == _registered(theirs)
