"""The policies that judge what a program declares as a whole."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from components.postgres.marks import STOPPED
from components.spec.rule import rule
from stacks.check.rules.archives import shared
from stacks.check.rules.encryption import needs_kms
from stacks.policies.objects import (
    CLUSTER,
    ROOK,
    Program,
    Resource,
    Store,
    archive,
    at,
    stores,
    text,
)
from stacks.policies.policy import Found

_HIBERNATED = {"cnpg.io/hibernation": "on"}

_WITH_DATA = frozenset(
    (
        CLUSTER,
        "ObjectBucketClaim.objectbucket.io",
        *(
            f"{kind}.{ROOK}"
            for kind in ("CephBlockPool", "CephCluster", "CephFilesystem", "CephObjectStore")
        ),
    )
)
"""Kinds of objects whose deletion deletes data."""


def archives_are_not_shared(program: Program) -> Iterator[Found]:
    """Find Clusters with one archive, as `archive-is-not-shared` does."""
    owners: dict[tuple[str, str], Resource] = {}
    for cluster in program.clusters:
        found = archive(cluster, program)
        if found is None or not found.url:
            continue
        other = owners.setdefault(found.place, cluster)
        if other is not cluster:
            yield Found(shared(found.url, other.label), ("spec",), cluster)


@rule("policy")
def archive_has_retention(program: Program) -> Iterator[Found]:
    """Each archive says for how long it keeps base backups and WAL.

    Without `retentionPolicy` nothing is ever deleted, until the store is full and archiving stops.
    An ObjectStore that no Cluster of the program archives to is only read, and needs none.
    """
    said = set[str]()
    for cluster in program.clusters:
        found = archive(cluster, program)
        if found and found.retention is None and found.owner.urn not in said:
            said.add(found.owner.urn)
            above = ("spec",) if found.owner is not cluster else ("spec", "backup")
            yield Found(
                "no base backup and no WAL is ever deleted, until the store is full; write "
                "how far back recovery must reach, like '30d'",
                (*above, "retentionPolicy"),
                found.owner,
            )


def encryption_is_possible(program: Program) -> Iterator[Found]:
    """Find AES256 where Ceph has no KMS, as `encryption-has-kms` does.

    Only a CephObjectStore of the program is judged: what another store has is not to be seen.
    """
    without = {
        f"rook-ceph-rgw-{it.name}.{it.namespace}.svc"
        for it in program.resources
        if it.kind == f"CephObjectStore.{ROOK}" and not it.at("spec", "security", "s3")
    }
    for resource in program.resources:
        for store in stores(resource):
            if _host(store).removesuffix(".cluster.local") not in without:
                continue
            for part in ("wal", "data"):
                if found := text(store.configuration, part, "encryption"):
                    yield Found(
                        needs_kms(found, "security.s3 of the CephObjectStore"),
                        (*store.place, part, "encryption"),
                        resource,
                    )


def _host(store: Store) -> str:
    try:
        return urlsplit(text(store.configuration, "endpointURL")).hostname or ""
    except ValueError:
        return ""  # address-is-https reports it


@rule("policy")
def data_is_protected(program: Program) -> Iterator[Found]:
    """Pulumi refuses to delete what holds data.

    Those are Clusters with the Namespaces that they are in, buckets, and the parts of Ceph under
    them. A renamed resource is deleted otherwise, and so is all of it by `pulumi destroy`. A
    Cluster that is fenced or hibernated may be given up.
    """
    homes = {it.namespace for it in program.clusters if not _stopped(it)}
    for it in program.resources:
        inside = it.kind == "Namespace" and it.name in homes
        if it.protected or not (inside or it.kind in _WITH_DATA) or _stopped(it):
            continue
        yield Found(
            "Pulumi may delete it with the data in it; set `protect` in its resource options",
            (),
            it,
        )


def _stopped(resource: Resource) -> bool:
    noted = resource.at("metadata", "annotations")
    return resource.kind == CLUSTER and any(
        at(noted, key) == value for key, value in (STOPPED | _HIBERNATED).items()
    )
