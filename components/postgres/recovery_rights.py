"""What programs next to a database may do through the API server.

Those of a restored one are in recovery_jobs.py, that of an import in import_job.py.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from components.postgres.imports import ImportSpec
from components.postgres.spec import PostgresSpec

Rules: TypeAlias = list[Mapping[str, Any]]


def rights_to_prepare(spec: PostgresSpec) -> Rules:
    """Return the rules for `prepare`: it changes two Secrets, and reads the CAs of generations.

    The owner's Secret that is made elsewhere is only read.
    """
    made, read = ([], [spec.credentials]) if spec.owner_secret else ([spec.credentials], [])
    if spec.certificates.makes_ca:
        made, read = [*made, ca_of(spec.cluster)], [*read, *map(ca_of, spec.clusters[1:])]
    return [
        _named("clusters", [it.cluster for it in spec.lineage if it.restored or it.follows], "get"),
        *([_named("secrets", made, "get", "patch")] if made else []),
        *([_named("secrets", read, "get")] if read else []),
        _CREATE,
    ]


def rights_to_prove(spec: PostgresSpec) -> Rules:
    """Return the rules for `proof`: it reads one Cluster and one Service."""
    return [
        _named("clusters", [spec.current.cluster], "get"),
        _named("services", [spec.service_name], "get"),
    ]


def rights_to_see(clusters: Sequence[str]) -> Rules:
    """Return the rules for `stopped`: it reads the Clusters that clients leave."""
    return [_named("clusters", clusters, "get")]


def rights_to_keep(spec: PostgresSpec) -> Rules:
    """Return the rules for `keep`: it reads the CA of the active generation, and writes one."""
    if not spec.certificates.makes_ca:
        return []
    trusted, active = ca_of(spec.cluster), ca_of(spec.current.cluster)
    read = [_named("secrets", [active], "get")] if active != trusted else []
    return [_named("secrets", [trusted], "get", "patch"), *read, _CREATE]


def rights_to_look(cluster: str, source: ImportSpec) -> Rules:
    """Return the rules for `source`: it reads the Cluster, and the Secrets of an import."""
    names = [source.password_secret, *([source.ca_secret] if source.ca_secret else [])]
    return [_named("clusters", [cluster], "get"), _named("secrets", names, "get")]


def ca_of(cluster: str) -> str:
    """Return the name of the Secret with the CA that CloudNativePG makes for a Cluster."""
    return f"{cluster}-ca"


def _named(resource: str, names: Sequence[str], *verbs: str) -> Mapping[str, Any]:
    group = "postgresql.cnpg.io" if resource == "clusters" else ""
    return {
        "apiGroups": [group],
        "resources": [resource],
        "resourceNames": [*names],
        "verbs": [*verbs],
    }


_CREATE: Mapping[str, Any] = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]}
"""A Role cannot say which name a new object may have."""
