"""Where archives are copied to, and how late a copy may be."""

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlsplit

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
"""Four looks in it, each with half a minute to list, copy and ask back."""


@rule("value", was="T601")
def offsite_rpo_is_achievable(rpo: str) -> Iterator[Fault]:
    """An RPO off-site leaves time to look, to copy and to ask back.

    The copying pod looks each half minute; four looks are the least that tell a lag from a pause.
    """
    if seconds(rpo) < LEAST_RPO_SECONDS:
        yield Fault(
            f"'{rpo}' is less than copying can keep (4 looks of 30 s); "
            f"write at least '{LEAST_RPO_SECONDS}s'"
        )


@rule("value", was="T602")
def plaintext_has_reason(reason: str | None) -> Iterator[Fault]:
    """Copies in plaintext have a reason.

    They are read out of the archive decrypted, whatever that has: who reads the other store's disks
    reads every row.
    """
    if reason is not None and len(reason.split()) < 2:  # noqa: PLR2004 - one word is none
        yield Fault(
            f"'{reason}' is no reason for copies in plaintext; write why nobody can read the "
            "other store's disks, or leave it out"
        )


class OffsiteSpec(Spec):
    """A second store outside of the cluster's failure domain, and how archives are copied to it.

    Its bucket must have object lock with a default retention of COMPLIANCE. The keys may list,
    read and write, not delete; a lifecycle rule of the bucket removes what is no longer locked.
    """

    endpoint: HttpsUrl
    """Address of the other store."""

    bucket: BucketName
    """Its bucket. A database's copy is in `<bucket of its archive>/<server name>/` there, so two
    environments whose databases are called the same need two."""

    region: str = "us-east-1"
    """Region that requests are signed for; Ceph takes any."""

    secret: Name
    """Secret with the copy's keys, in the namespace of each database."""

    access_key: SecretKey = "ACCESS_KEY_ID"
    """The key in the Secret that holds the access key's id."""

    secret_key: SecretKey = "ACCESS_SECRET_KEY"
    """The key in the Secret that holds the access key itself."""

    ca_secret: Name | None = None
    """Secret beside it whose key `ca.crt` signed the store's certificate; none where a public CA
    did."""

    rpo: Annotated[Duration, obeys(offsite_rpo_is_achievable)]
    """The most time whose WAL may be in the cluster only. With the cluster and its store, at most
    this and the database's own RPO are lost."""

    lock: Retention
    """How long nobody can delete a copy; at least as long as an archive may need it."""

    unencrypted_because: Annotated[str | None, obeys(plaintext_has_reason)] = None
    """Why the other store need not encrypt copies (it is asked for AES256 otherwise). They are read
    out of the archive decrypted, whatever that has."""

    image: Image = "ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:v0.15.0"
    """An image with Python and boto3: the plugin's sidecar."""

    @property
    def host(self) -> str:
        """Host of the other store."""
        return urlsplit(self.endpoint).hostname or ""

    @property
    def port(self) -> int:
        """Port of the other store."""
        return urlsplit(self.endpoint).port or 443

    def destination(self, bucket: str) -> str:
        """Return barman's destinationPath of the copy of what is in *bucket*.

        The server name in it is the archive's; so that two databases have two places.
        """
        return f"s3://{self.bucket}/{bucket}/"
