"""Gateways that start anew when their certificate is renewed.

RGW reads its certificate at its start only. Rook watches neither the Secret nor the gateways for
it (1.17.9, object/controller.go, secretPredicate; rook #14069, closed as not planned). It is locked
out itself: it trusts the Secret's certificate, not its CA (object/rgw.go, GetTlsCaCert), so from
the renewal to the gateways' restart it makes no bucket and no user (measured).

So a pod compares what is served with the Secret. Where they differ it writes the certificate's
digest into the pod template of the gateways' Deployment, whose strategy replaces one gateway at a
time. Rook leaves an annotation that is not its own (k8sutil/deployment.go compares three ways);
where it changes the Deployment for another reason it drops it, and all gateways start anew by that.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pulumi
import pulumi_kubernetes as kubernetes

from components import kube
from components.kube.program import Program, restricted_pod

if TYPE_CHECKING:
    from pulumi_kubernetes.apps.v1 import DeploymentSpecArgsDict

_PROGRAM = Program("renewal")
_NOBODY = 65534


def restart_on_renewal(
    name: str,
    *,
    parent: pulumi.Resource,
    called: str,
    namespace: str,
    service: str,
    secret: pulumi.Input[str],
    image: str,
) -> None:
    """Have the gateways behind *service* replaced once their certificate is not that of *secret*.

    *called* is the name of the objects made; *image* one with Python.
    """
    deployment = f"{service}-a"  # Rook's one Deployment of all gateways (object/rgw.go)
    metadata = kube.metadata(called, namespace)
    account = kubernetes.core.v1.ServiceAccount(name, metadata=metadata, opts=kube.child(parent))
    role = kubernetes.rbac.v1.Role(
        name,
        metadata=metadata,
        rules=[
            {
                "api_groups": ["apps"],
                "resources": ["deployments"],
                "resource_names": [deployment],
                "verbs": ["patch"],
            }
        ],
        opts=kube.child(parent),
    )
    binding = kubernetes.rbac.v1.RoleBinding(
        name,
        metadata=metadata,
        role_ref={
            "api_group": "rbac.authorization.k8s.io",
            "kind": "Role",
            "name": role.metadata["name"],
        },
        subjects=[
            {
                "kind": "ServiceAccount",
                "name": account.metadata["name"],
                "namespace": namespace,
            }
        ],
        opts=kube.child(parent),
    )
    kubernetes.apps.v1.Deployment(
        name,
        metadata=metadata,
        spec=_watching(
            called,
            # The binding's, so that the pod does not start before it may do anything.
            account=binding.subjects[0].name,
            arguments=[
                f"{service}.{namespace}.svc",
                f"/apis/apps/v1/namespaces/{namespace}/deployments/{deployment}",
            ],
            secret=secret,
            image=image,
        ),
        opts=kube.child(parent),
    )


def _watching(
    called: str,
    *,
    account: pulumi.Input[str],
    arguments: Sequence[str],
    secret: pulumi.Input[str],
    image: str,
) -> "DeploymentSpecArgsDict":
    """Return the `spec` of the Deployment that watches; it has the certificate, not its key."""
    labels = {"app.kubernetes.io/name": called}
    return {
        "replicas": 1,
        "selector": {"match_labels": labels},
        "template": {
            "metadata": {"labels": labels},
            "spec": restricted_pod(
                "renewal",
                image=image,
                command=["python3", "-c", _PROGRAM.text, *arguments],
                user=_NOBODY,
                account=account,
                requests={"cpu": "5m", "memory": "32Mi"},
                memory="64Mi",
                mounts={"certificate": "/certificate"},
                volumes=[
                    {
                        "name": "certificate",
                        "secret": {
                            "secret_name": secret,
                            "items": [{"key": "tls.crt", "path": "tls.crt"}],
                        },
                    }
                ],
            ),
        },
    }
