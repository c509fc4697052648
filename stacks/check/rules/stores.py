"""Rules about archives in an S3 elsewhere, and what single services are known to lack."""

from collections.abc import Iterator

from components.ceph.buckets import BucketClaimSpec
from components.ceph.spec import ExistingCephSpec
from components.spec.rule import Fault, rule
from stacks.check.rules.hosts import in_cluster
from stacks.environment import EnvironmentSpec

_PRIVILEGED = 1024
_R2, _HETZNER, _B2 = ".r2.cloudflarestorage.com", ".your-objectstorage.com", ".backblazeb2.com"

_WITHOUT_TAGS = {_R2: "Cloudflare R2", _HETZNER: "Hetzner", _B2: "Backblaze B2"}
_WITHOUT_LOCK = {_R2: "Cloudflare R2"}
_WITHOUT_SSE_S3 = {_HETZNER: "Hetzner"}
"""The services, each by how the names of its hosts end."""


def _of(services: dict[str, str], host: str) -> str:
    return next((name for end, name in services.items() if host.endswith(end)), "")


@rule("environment")
def claim_is_answered_by_rook(environment: EnvironmentSpec) -> Iterator[Fault]:
    """A bucket is claimed only in an object store that Rook runs.

    With archives in an S3 elsewhere no StorageClass makes buckets: a claim stays pending forever.
    """
    if environment.existing_s3 is None:
        return
    for name, database in environment.databases.items():
        bucket = database.backup.bucket
        if isinstance(bucket, BucketClaimSpec):
            yield Fault(
                f"nothing makes '{bucket.bucket}' in an S3 elsewhere; make it there, and declare "
                "an ExistingBucketSpec with the Secret of its keys",
                ("databases", name, "backup", "bucket"),
            )


@rule("environment")
def existing_ceph_has_object_store(environment: EnvironmentSpec) -> Iterator[Fault]:
    """An existing Ceph cluster is declared only for the object store that is made in it.

    Otherwise nothing is made in it.
    """
    if environment.rook_store is None and isinstance(environment.storage, ExistingCephSpec):
        where = "are in an S3 elsewhere" if environment.existing_s3 else "have a store that exists"
        yield Fault(
            f"nothing is made in an existing Ceph cluster if archives {where}; leave it out",
            ("storage",),
        )


@rule("environment")
def store_has_what_is_asked(environment: EnvironmentSpec) -> Iterator[Fault]:
    """An S3 elsewhere has what is asked of it, as far as its host name shows which one it is.

    Hetzner encrypts with keys of the client only, and has no tags of objects ("List of supported
    actions"; plugin #646). Cloudflare R2 answers 501 to an upload with tags (yopass #3657),
    Backblaze B2 names them an unsupported header (medialit #158). No WAL would be archived.
    """
    s3 = environment.existing_s3
    if s3 is None:
        return
    if s3.encrypts and (service := _of(_WITHOUT_SSE_S3, s3.host)):
        yield Fault(
            f"{service} has no SSE-S3 and refuses every upload with AES256; leave it out",
            ("object_store", "encrypts"),
        )
    if service := _of(_WITHOUT_TAGS, s3.host):
        for name, database in environment.databases.items():
            if database.backup.tags:
                yield Fault(
                    f"{service} has no tags of objects and refuses every upload with one; leave "
                    "them out",
                    ("databases", name, "backup", "tags"),
                )


@rule("environment")
def offsite_store_has_object_lock(environment: EnvironmentSpec) -> Iterator[Fault]:
    """The off-site store can lock objects, as far as its host name shows which one it is.

    Cloudflare R2 has neither versions nor object lock ("S3 API compatibility"): each copy could be
    overwritten by its keys.
    """
    offsite = environment.offsite
    if offsite and (service := _of(_WITHOUT_LOCK, offsite.host)):
        yield Fault(
            f"{service} has no object lock, so copies can be overwritten and deleted; write the "
            "address of a store that has it",
            ("offsite", "endpoint"),
        )


@rule("hint")
def service_in_the_cluster_has_the_port_of_its_pods(
    environment: EnvironmentSpec,
) -> Iterator[Fault]:
    """A store in this cluster is called at the port that its pods listen on.

    A NetworkPolicy judges a connection to a Service by the port of the pod behind it (Kubernetes,
    "Network Policies"). Below 1024 a pod listens only with a capability.
    """
    s3 = environment.existing_s3
    if s3 and in_cluster(s3.host) and s3.port < _PRIVILEGED:
        yield Fault(
            f"'{s3.address}' is a Service of this cluster, and NetworkPolicies let databases reach "
            f"pods at port {s3.port} only; the port of its pods must be that of the Service",
            ("object_store", "endpoint"),
        )
