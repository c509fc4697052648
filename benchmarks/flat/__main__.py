"""What `pulumi up` of an environment is compared with: its objects, listed one by one.

The same manifests, order and provider as tier0's, with no component, spec or check.
"""

# ruff: noqa: INP001 (a Pulumi project is a folder, not a package)

import json
from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes

cluster = kubernetes.Provider(
    "cluster", context="sandbox", cluster_identifier="sandbox", enable_secret_mutable=True
)
made: dict[str, pulumi.Resource] = {}
for wanted in json.loads((Path(__file__).parent / "objects.json").read_text("utf-8")):
    name, manifest = wanted["name"], wanted["manifest"]
    opts = pulumi.ResourceOptions(
        provider=cluster, depends_on=[made[urn] for urn in wanted["dependencies"] if urn in made]
    )
    metadata = manifest["metadata"]
    match manifest["kind"]:
        case "Namespace":
            one: pulumi.Resource = kubernetes.core.v1.Namespace(name, metadata=metadata, opts=opts)
        case "Service":
            one = kubernetes.core.v1.Service(
                name, metadata=metadata, spec=manifest["spec"], opts=opts
            )
        case "ServiceAccount":
            one = kubernetes.core.v1.ServiceAccount(name, metadata=metadata, opts=opts)
        case "Role":
            one = kubernetes.rbac.v1.Role(
                name, metadata=metadata, rules=manifest["rules"], opts=opts
            )
        case "RoleBinding":
            one = kubernetes.rbac.v1.RoleBinding(
                name,
                metadata=metadata,
                role_ref=manifest["roleRef"],
                subjects=manifest["subjects"],
                opts=opts,
            )
        case "StorageClass":
            one = kubernetes.storage.v1.StorageClass(
                name,
                metadata=metadata,
                provisioner=manifest["provisioner"],
                reclaim_policy=manifest["reclaimPolicy"],
                parameters=manifest["parameters"],
                opts=opts,
            )
        case kind:
            one = kubernetes.apiextensions.CustomResource(
                name,
                api_version=manifest["apiVersion"],
                kind=kind,
                metadata=metadata,
                spec=manifest["spec"],
                opts=opts,
            )
    made[wanted["urn"]] = one
