"""What a pod may do through the API server: a Role in its namespace, and its binding."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components.kube.objects import Object

_GROUP = "rbac.authorization.k8s.io"


def grant(
    resource_name: str,
    *,
    parent: pulumi.Resource,
    name: str,
    namespace: pulumi.Input[str],
    account: pulumi.Input[str],
    rules: Sequence[Mapping[str, Any]],
    account_namespace: pulumi.Input[str] | None = None,
) -> Object:
    """Let the ServiceAccount *account* do what *rules* say in *namespace*; return the binding.

    The account is in *account_namespace*; None: in the same one.
    """
    role = Object(
        resource_name,
        parent=parent,
        api_version=f"{_GROUP}/v1",
        kind="Role",
        name=name,
        namespace=namespace,
        fields={"rules": rules},
    )
    return Object(
        resource_name,
        parent=parent,
        api_version=f"{_GROUP}/v1",
        kind="RoleBinding",
        name=name,
        namespace=namespace,
        fields={
            "roleRef": {"apiGroup": _GROUP, "kind": "Role", "name": role.name},
            "subjects": [
                {
                    "kind": "ServiceAccount",
                    "name": account,
                    "namespace": account_namespace or namespace,
                }
            ],
        },
    )
