"""Restarts the RGW gateways when what they read at their start is renewed.

RGW reads its certificate at startup only. Rook watches neither the Secret nor the gateways for a
renewal (1.17.9, object/controller.go, secretPredicate; rook #14069, closed as not planned). Rook is
locked out itself: it trusts the Secret's certificate, not its CA (object/rgw.go, GetTlsCaCert), so
from the renewal to the gateways' restart it creates no bucket and no user (measured).

So a pod compares the served certificate with the Secret. If they differ, it writes the
certificate's digest into the pod template of the gateways' Deployment, whose strategy replaces one
gateway at a time. Rook keeps a foreign annotation (k8sutil/deployment.go compares three ways). If
it changes the Deployment for another reason, it drops the annotation, and that change restarts all
gateways.

The KMS's token and CA are read at the start only, too: an init container copies them (1.17.9,
object/spec.go, setupVaultTokenFile). Nothing shows which token a gateway has, so the pod notes the
digest of both Secrets on the Deployment and restarts the gateways when it changes. It reads the two
Secrets by name through the API. Mounted, they would be files on one more node, a minute late, and
without the uid that keys the digest.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components.kube import Object
from components.kube.program import Program, restricted_pod
from components.kube.rights import service_account

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
    kms_secrets: Sequence[str],
    image: str,
) -> None:
    """Replace the gateways behind *service* that do not serve the certificate in *secret*.

    Replace all of them when one of *kms_secrets* changes. *object_name* is the name of the objects;
    *image* is an image with Python.
    """
    deployment = f"{service}-a"  # Rook's one Deployment of all gateways (object/rgw.go)
    account = service_account(
        name,
        parent=parent,
        name=object_name,
        namespace=namespace,
        rules=_rights(deployment, kms_secrets),
    )
    Object(
        name,
        parent=parent,
        api_version="apps/v1",
        kind="Deployment",
        name=object_name,
        namespace=namespace,
        spec=_watching(
            object_name,
            account=account,
            arguments=[
                f"{service}.{namespace}.svc",
                f"/apis/apps/v1/namespaces/{namespace}/deployments/{deployment}",
                *(f"/api/v1/namespaces/{namespace}/secrets/{name}" for name in kms_secrets),
            ],
            secret=secret,
            image=image,
        ),
    )


def _rights(deployment: str, secrets: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return the rules of the Role: one Deployment, and the Secrets that are watched, if any."""
    gateways = {
        "apiGroups": ["apps"],
        "resources": ["deployments"],
        "resourceNames": [deployment],
        "verbs": ["get", "patch"] if secrets else ["patch"],
    }
    watched = {
        "apiGroups": [""],
        "resources": ["secrets"],
        "resourceNames": [*secrets],
        "verbs": ["get"],
    }
    return [gateways, watched] if secrets else [gateways]


def _watching(
    object_name: str,
    *,
    account: pulumi.Input[str],
    arguments: Sequence[str],
    secret: pulumi.Input[str],
    image: str,
) -> Mapping[str, Any]:
    """Return the `spec` of the watching Deployment; it has the certificate, not its key."""
    labels = {"app.kubernetes.io/name": object_name}
    return {
        "replicas": 1,
        "selector": {"matchLabels": labels},
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
                            "secretName": secret,
                            "items": [{"key": "tls.crt", "path": "tls.crt"}],
                        },
                    }
                ],
            ),
        },
    }
