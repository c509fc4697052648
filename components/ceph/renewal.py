"""Restarts the RGW gateways when their certificate is renewed.

RGW reads its certificate at startup only. Rook watches neither the Secret nor the gateways for a
renewal (1.17.9, object/controller.go, secretPredicate; rook #14069, closed as not planned). Rook is
locked out itself: it trusts the Secret's certificate, not its CA (object/rgw.go, GetTlsCaCert), so
from the renewal to the gateways' restart it creates no bucket and no user (measured).

So a pod compares the served certificate with the Secret. If they differ, it writes the
certificate's digest into the pod template of the gateways' Deployment, whose strategy replaces one
gateway at a time. Rook keeps a foreign annotation (k8sutil/deployment.go compares three ways). If
it changes the Deployment for another reason, it drops the annotation, and that change restarts all
gateways.
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
    object_name: str,
    namespace: str,
    service: str,
    secret: pulumi.Input[str],
    image: str,
) -> None:
    """Replace the gateways behind *service* that do not serve the certificate in *secret*.

    *object_name* is the name of the objects; *image* is an image with Python.
    """
    deployment = f"{service}-a"  # Rook's one Deployment of all gateways (object/rgw.go)
    metadata = kube.metadata(object_name, namespace)
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
            object_name,
            # The binding's, so that the pod starts only once it has its rights.
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
    object_name: str,
    *,
    account: pulumi.Input[str],
    arguments: Sequence[str],
    secret: pulumi.Input[str],
    image: str,
) -> "DeploymentSpecArgsDict":
    """Return the `spec` of the watching Deployment; it has the certificate, not its key."""
    labels = {"app.kubernetes.io/name": object_name}
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
