"""The off-site store, and how late a copy may be."""

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlsplit

from components.postgres.sidecar import SIDECAR_IMAGE
from components.spec import Spec
from components.spec.rule import Fault, obeys, rule
from components.spec.words import (
    BucketName,
    Duration,
    HttpsUrl,
    Image,
    Name,
    Retention,
    SecretKey,
    seconds,
)

LEAST_RPO_SECONDS = 120
"""Four passes, each with half a minute to list, copy and verify."""


@rule("value", was="T601")
def offsite_rpo_is_achievable(rpo: str) -> Iterator[Fault]:
    """An off-site RPO leaves time to list, copy and verify.

    The copying pod starts a pass every half minute; four passes are the fewest that tell a lag from
    a pause.
    """
    if seconds(rpo) < LEAST_RPO_SECONDS:
        yield Fault(
            f"'{rpo}' is shorter than copying can guarantee (4 passes of 30 s); write at least "
            f"'{LEAST_RPO_SECONDS}s'"
        )


@rule("value", was="T602")
def plaintext_has_reason(reason: str | None) -> Iterator[Fault]:
    """Copies in plaintext have a reason.

    Copies are read from the archive decrypted, however that is encrypted: a reader of the other
    store's disks reads every row.
    """
    if reason is not None and len(reason.split()) < 2:  # noqa: PLR2004 - one word is none
        yield Fault(
            f"'{reason}' is not a reason for copies in plaintext; write why the other store's "
            "disks cannot be read, or leave it out"
        )


class OffsiteSpec(Spec):
    """A second store outside the cluster's failure domain, and how archives are copied to it.

    Its bucket must have object lock with a default retention in COMPLIANCE mode. The keys may list,
    read and write, not delete; a lifecycle rule of the bucket removes what is no longer locked.
    """

    endpoint: HttpsUrl
    """Address of the other store."""

    bucket: BucketName
    """Its bucket. A database's copy is at `<bucket of its archive>/<server name>/` in it, with the
    path of the archive between the two, so two environments with databases of the same name need
    two buckets."""

    region: str = "us-east-1"
    """Region that requests are signed for; Ceph accepts any."""

    secret: Name
    """Secret with the copy's keys, in the namespace of each database."""

    access_key: SecretKey = "ACCESS_KEY_ID"
    """The key in the Secret that holds the access key's id."""

    secret_key: SecretKey = "ACCESS_SECRET_KEY"
    """The key in the Secret that holds the access key itself."""

    ca_secret: Name | None = None
    """Secret in the same namespaces; its key `ca.crt` holds the CA that signed the store's
    certificate. None: a public CA signed it."""

    rpo: Annotated[Duration, obeys(offsite_rpo_is_achievable)]
    """The longest time for which WAL may exist only in the cluster. If the cluster and its store
    are lost, at most this plus the database's own RPO is lost."""

    lock: Retention
    """How long a copy cannot be deleted; at least as long as an archive may need it."""

    unencrypted_because: Annotated[str | None, obeys(plaintext_has_reason)] = None
    """Why the other store need not encrypt copies (by default AES256 is requested). Copies are read
    from the archive decrypted, however that is encrypted."""

    image: Image = SIDECAR_IMAGE
    """An image with Python and boto3: the plugin's sidecar."""

    @property
    def host(self) -> str:
        """Host of the other store."""
        return urlsplit(self.endpoint).hostname or ""

    @property
    def port(self) -> int:
        """Port of the other store."""
        return urlsplit(self.endpoint).port or 443

    def destination(self, place: str) -> str:
        """Return barman's destinationPath for the copies of the archives at *place*.

        That is a bucket, with the path in it.

        The server name below it is the archive's, so that two databases have two places.
        """
        return f"s3://{self.bucket}/{place}/"
