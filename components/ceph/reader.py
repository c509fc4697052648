"""Keys that read a database's archive and change nothing, for what only looks into it."""

from dataclasses import replace

import pulumi

from components import kube
from components.ceph.buckets import Bucket, BucketClaimSpec, BucketSpec, existing_bucket, prefix_of
from components.certificates import Ca
from components.kube import Object
from components.s3 import Store


def reader_name(role: str) -> str:
    """Return the name of what reads the archive of the database *role*: a user, or a Secret."""
    return f"{role}-archive-reader"


def reader_of(role: str, spec: BucketSpec, *, bucket_policies: bool) -> str | None:
    """Return the CephObjectStoreUser that reads the archive of the database *role*.

    None where tier0 cannot make one: the bucket is not claimed, or Rook's operator would refuse the
    claim with its policy. A claim that stays unbound archives nothing.
    """
    claimed = isinstance(spec, BucketClaimSpec) and bucket_policies
    return reader_name(role) if claimed else None


def archive_reader(
    role: str,
    spec: BucketSpec,
    *,
    user: str | None,
    parent: pulumi.Resource,
    namespace: pulumi.Input[str],
    store: Store,
    ca: Ca | None,
) -> Bucket:
    """Return the wire of an archive's bucket for readers in a *namespace* that has the *ca*.

    *user* is what `reader_of` returns, which the bucket's claim must name, and the *namespace* one
    from which the store accepts users. Without a user you make the Secret: it is called
    `reader_name` and has the same keys in it as that of the database.
    """
    if user is None:
        known = existing_bucket(spec, store, ca)
        return replace(known, secret=reader_name(role))
    rook = store.rook
    assert rook is not None  # noqa: S101 - reader_of makes users of a claimed bucket only
    made = Object(
        user,
        parent=parent,
        api_version="ceph.rook.io/v1",
        kind="CephObjectStoreUser",
        name=user,
        namespace=namespace,
        spec={
            "store": rook.name,
            "clusterNamespace": rook.namespace,
            "displayName": f"Reads {spec.bucket}",
            # It may make no bucket; 0 means no limit (radosgw-admin(8); measured, Ceph 18.2.7).
            "quotas": {"maxBuckets": -1},
        },
    )
    return Bucket(
        name=spec.bucket,
        prefix=prefix_of(spec),
        endpoint=store.endpoint,
        region=store.region,
        # Rook's name and keys (1.17.9, object/user/controller.go, generateCephUserSecret).
        secret=kube.when_ready(made, f"rook-ceph-object-user-{rook.name}-{user}"),
        access_key="AccessKey",
        secret_key="SecretKey",
        ca=ca,
    )
