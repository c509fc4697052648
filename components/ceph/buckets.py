"""Buckets of an object store, each with its own access keys.

The keys come from the bucket's claim, or from an existing Secret; never from Rook's own user
Secret, which Rook leaves empty for given keys.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import pulumi

from components import kube
from components.certificates import Ca
from components.kube import Object
from components.kube.store import PodStore
from components.s3 import Store
from components.spec import Spec
from components.spec.either import Either
from components.spec.words import BucketName, BucketPath, Name, Quantity, SecretKey


class BucketClaimSpec(Spec):
    """A new bucket, with its own user."""

    bucket: BucketName
    """Name of the bucket."""

    path: BucketPath | None = None
    """Folders of the bucket that archives are in, like `clusters/prod`. None: in the bucket
    itself."""

    claim: Name
    """Name of the ObjectBucketClaim and of the Secret that Rook writes for it."""

    quota: Quantity | None = None
    """The most bytes that it may hold; none means no limit. At the limit archiving stops. The Rook
    operator must allow `maxSize` in claims, as it does by default (its setting
    `ROOK_OBC_ALLOW_ADDITIONAL_CONFIG_FIELDS`); else the claim stays unbound."""

    @property
    def secret_name(self) -> str:
        """Name of the Secret with the bucket's keys."""
        return self.claim

    @property
    def access_key(self) -> str:
        """The key in the Secret that holds the access key's id, as Rook writes it."""
        return "AWS_ACCESS_KEY_ID"

    @property
    def secret_key(self) -> str:
        """The key in the Secret that holds the access key itself, as Rook writes it."""
        return "AWS_SECRET_ACCESS_KEY"


class ExistingBucketSpec(Spec):
    """An existing bucket, and the Secret with its keys in the database's namespace."""

    bucket: BucketName
    """Name of the bucket."""

    path: BucketPath | None = None
    """Folders of the bucket that archives are in, like `clusters/prod`. None: in the bucket
    itself."""

    secret: Name
    """Name of the Secret."""

    access_key: SecretKey = "ACCESS_KEY_ID"
    """The key in the Secret that holds the access key's id."""

    secret_key: SecretKey = "ACCESS_SECRET_KEY"
    """The key in the Secret that holds the access key itself."""

    @property
    def secret_name(self) -> str:
        """Name of the Secret with the bucket's keys."""
        return self.secret


BucketSpec = Annotated[BucketClaimSpec | ExistingBucketSpec, Either("secret")]
"""Where a database's archive is: a new bucket, or an existing one."""


def prefix_of(spec: BucketSpec) -> str:
    """Return what the keys of archives in a bucket begin with; empty without a path."""
    return f"{spec.path}/" if spec.path else ""


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """An S3 bucket and what is needed to use it from one namespace."""

    name: pulumi.Input[str]
    prefix: str
    """What the keys of archives begin with; empty without a path inside of the bucket."""

    endpoint: pulumi.Input[str]
    region: str
    """Region that requests are signed for."""
    secret: pulumi.Input[str]
    """Name of the Secret with the access key."""
    access_key: str
    secret_key: str
    ca: Ca | None
    """None: a public CA signed the store's certificate."""

    @property
    def in_pod(self) -> PodStore:
        """It, as a program in a pod uses it."""
        return PodStore(
            endpoint=self.endpoint,
            bucket=self.name,
            prefix=self.prefix,
            region=self.region,
            secret=self.secret,
            access_key=self.access_key,
            secret_key=self.secret_key,
            ca=(self.ca.secret, self.ca.key) if self.ca else None,
        )


def bucket(
    name: str,
    spec: BucketSpec,
    *,
    parent: pulumi.Resource,
    namespace: pulumi.Input[str],
    store: Store,
    ca: Ca | None,
    keep: bool,
    reader: str | None = None,
) -> Bucket:
    """Return the wire of a bucket: made by a claim, with its own user, or existing.

    *reader*: a CephObjectStoreUser that may read it too, if a claim makes it.
    """
    if isinstance(spec, ExistingBucketSpec):
        return existing_bucket(spec, store, ca)
    assert store.rook is not None  # noqa: S101 - claims-need-a-store-of-rook
    claim = Object(
        f"{name}-claim",
        parent=parent,
        api_version="objectbucket.io/v1alpha1",
        kind="ObjectBucketClaim",
        name=spec.claim,
        namespace=namespace,
        spec=bucket_claim(spec, store.rook.storage_class, reader),
        keep=keep,
    )
    return Bucket(
        name=kube.when_ready(claim, spec.bucket),
        prefix=prefix_of(spec),
        endpoint=store.endpoint,
        region=store.region,
        secret=claim.name,
        access_key=spec.access_key,
        secret_key=spec.secret_key,
        ca=ca,
    )


def existing_bucket(spec: BucketSpec, store: Store, ca: Ca | None) -> Bucket:
    """Return the wire of a bucket that exists or will exist, for a reader that can wait for it."""
    return Bucket(
        name=spec.bucket,
        prefix=prefix_of(spec),
        endpoint=store.endpoint,
        region=store.region,
        secret=spec.secret_name,
        access_key=spec.access_key,
        secret_key=spec.secret_key,
        ca=ca,
    )


def bucket_class(
    name: str,
    called: str,
    *,
    parent: pulumi.Resource,
    store: pulumi.Input[str],
    namespace: str,
    keep: bool,
) -> Object:
    """Declare the StorageClass by which buckets are claimed in a CephObjectStore."""
    return Object(
        f"{name}-buckets",
        parent=parent,
        api_version="storage.k8s.io/v1",
        kind="StorageClass",
        name=called,
        fields={
            "provisioner": f"{namespace}.ceph.rook.io/bucket",
            # Rook's Delete empties the bucket with the claim (rgw-handlers.go): never for data.
            "reclaimPolicy": "Retain" if keep else "Delete",
            "parameters": {"objectStoreName": store, "objectStoreNamespace": namespace},
        },
    )


def bucket_claim(
    spec: BucketClaimSpec, storage_class: pulumi.Input[str], reader: str | None = None
) -> Mapping[str, Any]:
    """Return `ObjectBucketClaim.spec`; *reader* is a CephObjectStoreUser that may read it too."""
    additional = {"maxSize": spec.quota} if spec.quota else {}
    if reader:
        additional["bucketPolicy"] = read_only(spec.bucket, reader)
    return {
        "bucketName": spec.bucket,
        "storageClassName": storage_class,
    } | ({"additionalConfig": additional} if additional else {})


def read_only(bucket: str, user: str) -> str:
    """Return the bucket policy by which a *user* of the store may read, and nothing else.

    Rook compares the text with what the gateway has, which keeps it as it is (1.17.9,
    bucket/provisioner.go, setBucketPolicy; measured with Ceph 18.2.7).
    """
    statement = {
        "Sid": "read-only",
        "Effect": "Allow",
        "Principal": {"AWS": [f"arn:aws:iam:::user/{user}"]},
        "Action": ["s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation"],
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
