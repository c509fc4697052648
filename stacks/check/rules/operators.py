"""Rules about what installed operators need from the environment."""

import re
from collections.abc import Iterator

from components.ceph.cluster import ExistingCephSpec, StorageSpec
from components.charts import CHARTS
from components.operators import ARGO_CD_NAMESPACE, CLOUDNATIVE_PG_NAMESPACE
from components.spec.rule import Fault, rule
from stacks.environment import EnvironmentSpec

_CEPH = (18, 19)
"""Major versions of Ceph that the Rook of CHARTS supports: Reef and Squid."""


def _installed(environment: EnvironmentSpec) -> frozenset[str]:
    return frozenset(environment.operators.install if environment.operators else ())


@rule("environment", was="T327")
def network_policy_admits_operator(environment: EnvironmentSpec) -> Iterator[Fault]:
    """If the environment installs CloudNativePG, databases admit its namespace.

    The NetworkPolicy of each namespace names the operator's namespace. From another one it reaches
    no instance, and no Cluster becomes ready (networking.md, v1.30.0).
    """
    if "cloudnative-pg" not in _installed(environment):
        return
    given = environment.network.operator_namespace
    if given != CLOUDNATIVE_PG_NAMESPACE:
        yield Fault(
            f"'{given}' is not where operators installs CloudNativePG; "
            f"write '{CLOUDNATIVE_PG_NAMESPACE}' or leave it out",
            ("network", "operator_namespace"),
        )


@rule("environment", was="T328")
def application_is_in_argo_cd_namespace(environment: EnvironmentSpec) -> Iterator[Fault]:
    """If the environment installs Argo CD, the Application is in its namespace.

    By default Argo CD reads no other (Argo CD, "Applications in any namespace"): nothing is ever
    applied, and `pulumi up` waits for an Application that is never read.
    """
    gitops = environment.gitops
    if gitops and "argo-cd" in _installed(environment) and gitops.namespace != ARGO_CD_NAMESPACE:
        yield Fault(
            f"'{gitops.namespace}' is not where operators installs Argo CD; "
            f"write '{ARGO_CD_NAMESPACE}' or leave it out",
            ("gitops", "namespace"),
        )


@rule("environment", was="T329")
def operators_do_not_share_namespaces(environment: EnvironmentSpec) -> Iterator[Fault]:
    """No two operators that the environment installs share a namespace.

    Each namespace has the Pod Security level that its operator needs: Rook's is privileged, and
    would admit privileged pods next to the root CA's key.
    """
    homes = [
        ("cloudnative-pg", CLOUDNATIVE_PG_NAMESPACE, ("network", "operator_namespace")),
        ("argo-cd", ARGO_CD_NAMESPACE, ("gitops", "namespace")),
        ("cert-manager", environment.certificates.namespace, ("certificates", "namespace")),
        ("rook", environment.object_store.namespace, ("object_store", "namespace")),
    ]
    owners: dict[str, str] = {}
    for operator, namespace, place in homes:
        if operator not in _installed(environment):
            continue
        if other := owners.get(namespace):
            yield Fault(
                f"'{namespace}' is also the namespace of {other}, which operators installs; write "
                "another one",
                place,
            )
        owners[namespace] = operator


@rule("environment", was="T330")
def rook_is_installed_once(environment: EnvironmentSpec) -> Iterator[Fault]:
    """Rook is not installed for an existing Ceph cluster.

    Its operator already runs in its namespace, and Helm refuses objects that another release owns
    ("invalid ownership metadata").
    """
    if isinstance(environment.storage, ExistingCephSpec) and "rook" in _installed(environment):
        yield Fault(
            "'rook' is already installed with the existing Ceph cluster of storage; leave it out, "
            "or declare a StorageSpec",
            ("operators", "install"),
        )


@rule("environment", was="T331", waivable=True)
def barman_plugin_is_installed(environment: EnvironmentSpec) -> Iterator[Fault]:
    """If the environment installs CloudNativePG, it also installs the plugin that databases use.

    The operator finds the plugin only in its own namespace (plugin_controller.go, v1.30.0), which
    is new and has none yet: "requested plugin is not available" (plugin #660).
    """
    installed = _installed(environment)
    if "cloudnative-pg" not in installed or "barman-cloud" in installed:
        return
    using = [name for name, db in environment.databases.items() if db.backup.method == "plugin"]
    if using:
        yield Fault(
            f"'barman-cloud' is not installed with CloudNativePG, and databases.{using[0]} "
            "archives through it; add it",
            ("operators", "install"),
        )


@rule("environment", was="T332")
def rook_supports_ceph_version(environment: EnvironmentSpec) -> Iterator[Fault]:
    """If the environment installs Rook, it supports the version of Ceph.

    Another version is refused ("allowUnsupported must be set to true"; cluster/version.go,
    v1.17.9), after namespace, operator and CephCluster are created.
    """
    storage = environment.storage
    if not isinstance(storage, StorageSpec) or "rook" not in _installed(environment):
        return
    version = re.search(r":v(\d+)", storage.image)
    if version and int(version[1]) not in _CEPH:
        known = " or ".join(f"v{major}" for major in _CEPH)
        yield Fault(
            f"'{storage.image}' is not a version of Ceph that Rook {CHARTS['rook'].version} "
            f"supports; write one of {known}",
            ("storage", "image"),
        )
