"""What the API server refuses of a database with generations, no matter which tool asks for it.

A ValidatingAdmissionPolicy is judged in the API server itself, between CloudNativePG's defaults and
its webhook, for Pulumi, Argo CD, kubectl and the operator alike. docs/decisions/0028 has the
reasons.
"""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.kube import Component, Object
from components.postgres.archive import PLUGIN
from components.postgres.generations import ACTIVE, GENERATION
from components.postgres.marks import STOPPED

DELETE = "tier0/delete"
"""Annotation that permits the deletion of the active Cluster whose name is its value."""

_STOPPED = {**STOPPED, "cnpg.io/hibernation": "on"}
"""Annotations by which a Cluster accepts no writes; one is enough."""

NAME = "tier0-generations"
"""The name of the policy and of its binding."""

_POLICIES = "admissionregistration.k8s.io/v1"

_CHOOSES = ("source", "backup", "volumeSnapshots", "recoveryTarget", "import", "secret")
"""Fields of a bootstrap method by which it takes other data or another password. CloudNativePG
gives none of them a default (cluster_defaults.go, v1.30.0)."""

_IDLE = ("postInitApplicationSQL",)
"""Fields of a bootstrap method that may change, as they do nothing to a database that exists and
choose none of its data."""


class GenerationPolicies(Component):
    """The policy about Clusters that are labelled as a generation, and its binding."""

    def __init__(self, name: str, *, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare both, once for an environment."""
        super().__init__("tier0:postgres:GenerationPolicies", name, opts=opts)
        denied(name, NAME, generation_policy(), parent=self)


def denied(name: str, called: str, spec: Mapping[str, Any], *, parent: pulumi.Resource) -> None:
    """Declare the policy that is *called* so, and the binding by which the API server denies."""
    policy = Object(
        f"{name}-policy",
        parent=parent,
        api_version=_POLICIES,
        kind="ValidatingAdmissionPolicy",
        name=called,
        spec=spec,
    )
    Object(
        f"{name}-binding",
        parent=parent,
        api_version=_POLICIES,
        kind="ValidatingAdmissionPolicyBinding",
        name=called,
        spec={"policyName": policy.name, "validationActions": ["Deny"]},
    )


def generation_policy() -> Mapping[str, Any]:
    """Return `ValidatingAdmissionPolicy.spec`.

    The selector takes a request whose object has the label before or after it (Kubernetes,
    "Matching requests: objectSelector"): neither adding nor removing it evades the policy. Writes
    to the status are another resource, `clusters/status`, and are not judged.
    """
    return {
        # Only labelled Clusters are judged, in the API server itself: there is no other process
        # whose failure would stop anything.
        "failurePolicy": "Fail",
        "matchConstraints": clusters_with(GENERATION, "CREATE", "UPDATE", "DELETE"),
        "variables": [
            {"name": name, "expression": expression} for name, expression in _variables().items()
        ],
        "validations": [*_bootstrap(), *_later_generation(), *_marks()],
    }


def clusters_with(label: str, *operations: str) -> Mapping[str, Any]:
    """Return the `matchConstraints` of requests for a Cluster with *label* before or after."""
    return {
        "resourceRules": [
            {
                "apiGroups": ["postgresql.cnpg.io"],
                "apiVersions": ["v1"],
                "operations": [*operations],
                "resources": ["clusters"],
                "scope": "*",
            }
        ],
        "objectSelector": {"matchExpressions": [{"key": label, "operator": "Exists"}]},
        # Server-side apply takes all of it as one value: without the API server's defaults it
        # conflicts with itself where the state is lost and another run takes it over.
        "matchPolicy": "Equivalent",
        "namespaceSelector": {},
    }


def label_of(cluster: str, key: str) -> str:
    """Return the expression for the label *key* of `object` or `oldObject`; empty without one."""
    return f"{cluster}.metadata.?labels[?'{key}'].orValue('')"


def annotation_of(cluster: str, key: str) -> str:
    """Return the expression for the annotation *key*, as `label_of`."""
    return f"{cluster}.metadata.?annotations[?'{key}'].orValue('')"


def stopped(cluster: str) -> str:
    """Return the expression for whether `object` or `oldObject` accepts no writes."""
    return " || ".join(
        f"{annotation_of(cluster, key)} == '{value}'" for key, value in _STOPPED.items()
    )


def _variables() -> dict[str, str]:
    """Return the expressions that several validations read, each for both states.

    They are evaluated when they are first read. `dyn` makes a field with a schema a map, whose
    fields can be counted up.
    """
    states = {"old": "oldObject", "new": "object"}
    variables: dict[str, str] = {}
    for when, cluster in states.items():
        variables |= {
            f"{when}Bootstrap": (
                f"has({cluster}.spec.bootstrap) ? dyn({cluster}.spec.bootstrap) : dyn({{}})"
            ),
            f"{when}Sources": (
                f"{cluster}.spec.?externalClusters.orValue([]).filter(it, "
                f"optional.of(it.name) == {cluster}.spec.?bootstrap.?recovery.?source)"
            ),
            # Without a server name the plugin takes the Cluster's own name (config.go, v0.15.0),
            # CloudNativePG the entry's (cluster_funcs.go, GetServerName).
            f"{when}SourceServers": (
                f"variables.{when}Sources.map(it, has(it.plugin) ? "
                f"it.plugin.?parameters[?'serverName'].orValue({cluster}.metadata.name) : "
                "it.?barmanObjectStore.?serverName.orValue(it.name))"
            ),
            f"{when}SourceStores": (
                f"variables.{when}Sources.map(it, has(it.plugin) ? "
                "it.plugin.name + ' ' + "
                "it.plugin.?parameters[?'barmanObjectName'].orValue('') : "
                "it.?barmanObjectStore.?endpointURL.orValue('') + ' ' + "
                "it.?barmanObjectStore.?destinationPath.orValue(''))"
            ),
            f"{when}Servers": (
                f"{cluster}.spec.?plugins.orValue([]).filter(it, it.name == '{PLUGIN}').map(it, "
                f"it.?parameters[?'serverName'].orValue({cluster}.metadata.name)) + "
                f"(has({cluster}.spec.backup) && has({cluster}.spec.backup.barmanObjectStore) ? "
                f"[{cluster}.spec.backup.barmanObjectStore.?serverName"
                f".orValue({cluster}.metadata.name)] : [])"
            ),
        }
    number = label_of("object", GENERATION)
    variables["later"] = f"!({number} in ['', '1'])"
    variables["begins"] = (
        f"request.operation == 'CREATE' || (request.operation == 'UPDATE' && "
        f"{label_of('oldObject', GENERATION)} == '')"
    )
    return variables


def _bootstrap() -> list[dict[str, str]]:
    """Return the validations of an update's bootstrap.

    A field that appears is a default, as CloudNativePG's webhook adds them, unless it chooses what
    comes back: an operator's new version must be able to write.
    """
    kept = (
        "variables.oldBootstrap.all(method, method in variables.newBootstrap && "
        f"variables.oldBootstrap[method].all(field, field in {list(_IDLE)} || "
        "(field in variables.newBootstrap[method] && "
        "variables.oldBootstrap[method][field] == variables.newBootstrap[method][field])))"
    )
    added = (
        "variables.newBootstrap.all(method, method in variables.oldBootstrap ? "
        "variables.newBootstrap[method].all(field, field in variables.oldBootstrap[method] || "
        f"!(field in {list(_CHOOSES)})) : "
        "method == 'initdb' && variables.oldBootstrap.size() == 0)"
    )
    same_store = (
        "variables.newSourceStores == variables.oldSourceStores || "
        "(variables.oldSources.all(it, has(it.barmanObjectStore)) && "
        "variables.newSources.all(it, has(it.plugin)))"
    )
    return [
        {
            "expression": f"request.operation != 'UPDATE' || ({kept} && {added})",
            "message": (
                "spec.bootstrap says how the database was created, and changes nothing that exists;"
                " write it as it was, and declare a further generation to restore"
            ),
        },
        {
            "expression": (
                "request.operation != 'UPDATE' || "
                "(variables.newSourceServers == variables.oldSourceServers && "
                f"({same_store}))"
            ),
            "message": (
                "the entry of spec.externalClusters that the database was restored from has another"
                " server name or store; write both as they were, and declare a further generation"
                " to restore"
            ),
        },
    ]


def _later_generation() -> list[dict[str, str]]:
    """Return the validations of a Cluster whose generation is not the first.

    They judge what may break the rule: the first request with the label, and another archive. A
    later request cannot change the rest.
    """
    restored = "variables.newBootstrap.size() == 1 && variables.newSources.size() == 1"
    apart = "variables.newServers.all(name, !(name in variables.newSourceServers))"
    moved = "request.operation == 'UPDATE' && variables.newServers != variables.oldServers"
    return [
        {
            "expression": f"!variables.begins || !variables.later || ({restored})",
            "message": (
                "a generation after the first is restored, never made new; write"
                " spec.bootstrap.recovery alone, with a source that is in spec.externalClusters"
            ),
        },
        {
            "expression": f"!(variables.begins || ({moved})) || !variables.later || {apart}",
            "message": (
                "it would write over the archive that it was restored from; write a serverName that"
                " is not the source's, like the Cluster's own name"
            ),
        },
    ]


def _marks() -> list[dict[str, str]]:
    """Return the validations of the labels, and of the deletion of the active Cluster."""
    was, number = label_of("oldObject", GENERATION), label_of("object", GENERATION)
    was_active = f"{label_of('oldObject', ACTIVE)} == 'true'"
    active = f"{label_of('object', ACTIVE)} == 'true'"
    fence, whole = next(iter(STOPPED.items()))
    named = f"{annotation_of('oldObject', DELETE)} == oldObject.metadata.name"
    return [
        {
            "expression": f"request.operation != 'UPDATE' || {was} in ['', {number}]",
            "message": (
                f"the label {GENERATION} is the number that the Cluster was created for; write it"
                " as it was, and keep every entry of generations"
            ),
        },
        {
            "expression": (
                f"request.operation != 'UPDATE' || !({was_active}) || {active} || "
                f"{stopped('object')}"
            ),
            "message": (
                f"the active generation loses the label {ACTIVE} while it still accepts writes;"
                f" write the annotation {fence}: '{whole}' in the same change, or leave the label"
            ),
        },
        {
            "expression": f"request.operation != 'DELETE' || !({was_active}) || {named}",
            "message": (
                "it is the active generation, which clients reach; write its own name into its"
                f" annotation {DELETE} first, if the database is to be deleted"
            ),
        },
    ]
