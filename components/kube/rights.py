"""What a pod may do through the API server: its account, a Role in its namespace, the binding."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components.kube.objects import Object, when_ready

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


def service_account(
    resource_name: str,
    *,
    parent: pulumi.Resource,
    name: str,
    namespace: pulumi.Input[str],
    rules: Sequence[Mapping[str, Any]],
) -> pulumi.Output[str]:
    """Declare a ServiceAccount that may do what *rules* say; return its name, known once it may."""
    made = Object(
        resource_name,
        parent=parent,
        api_version="v1",
        kind="ServiceAccount",
        name=name,
        namespace=namespace,
    )
    binding = grant(
        resource_name,
        parent=parent,
        name=name,
        namespace=namespace,
        account=made.name,
        rules=rules,
    )
    return when_ready(binding, name)
