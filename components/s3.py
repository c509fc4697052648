"""Object stores as their users see them, and those that are not made by tier0."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

import pulumi

from components.spec import Spec
from components.spec.rule import Fault, obeys, rule
from components.spec.words import HttpsUrl, Name

ANY_REGION = "us-east-1"
"""What boto3 signs for without a region; Ceph accepts it, as it does any other."""

_AWS = r"[a-z]{2}(-[a-z]+)+-[0-9]"


@rule("value")
def region_is_a_word(region: str) -> Iterator[Fault]:
    """A region is one word.

    It is in the signature of each request and in AWS's host names. A store that is configured with
    another one refuses the signature (Garage, "Configuring the S3 region").
    """
    if not re.fullmatch(r"[A-Za-z0-9][-.\w]{0,62}", region):
        yield Fault(
            f"'{region}' is not a region; write the store's own, like 'eu-central-1', or "
            f"'{ANY_REGION}' where it takes any"
        )


class S3Spec(Spec):
    """An S3 service that exists, over HTTPS. Its buckets exist, too: `ExistingBucketSpec`.

    Bucket names are in the path of each request: boto3 does that with every address that it is
    given (botocore, args.py), so a store that wants them in its host name cannot be used.
    """

    region: Annotated[str, obeys(region_is_a_word)]
    """Region that requests are signed for: of AWS or its like the bucket's, 'auto' with Cloudflare
    R2, with Garage what its configuration says, 'us-east-1' where the store takes any."""

    endpoint: HttpsUrl | None = None
    """Address of the store, without a bucket. None: AWS in that region. A Service of this cluster
    must listen on the port of its pods, as NetworkPolicies judge that one."""

    ca_secret: Name | None = None
    """Secret in the namespace of each database, and in that of drills; its key `ca.crt` holds the
    CA that signed the store's certificate. None: a public CA signed it."""

    encrypts: bool = False
    """Whether the store is known to encrypt what is written with AES256 (SSE-S3), so that archives
    may ask for it: an object that was written so shows it (`head-object`). Not if it knows only
    keys of the client (SSE-C)."""

    @property
    def address(self) -> str:
        """The S3 address."""
        if self.endpoint:
            return self.endpoint
        china = ".cn" if self.region.startswith("cn-") else ""
        return f"https://s3.{self.region}.amazonaws.com{china}"

    @property
    def host(self) -> str:
        """Host of the store."""
        return urlsplit(self.address).hostname or ""

    @property
    def port(self) -> int:
        """Port of the store."""
        return urlsplit(self.address).port or 443

    @rule("spec")
    def address_follows_from_region_of_aws(self) -> Iterator[Fault]:
        """Without an address the region is one of AWS.

        The address follows from it: `s3.<region>.amazonaws.com` (AWS, "Amazon S3 endpoints").
        """
        if self.endpoint is None and not re.fullmatch(_AWS, self.region):
            yield Fault(
                f"'{self.region}' is not a region of AWS; write '{ANY_REGION}' or another one, or "
                "the store's address in endpoint",
                ("region",),
            )


@dataclass(frozen=True, kw_only=True)
class Rook:
    """What tier0 makes in the object store of a Ceph cluster: buckets and users."""

    name: str
    """Name of the CephObjectStore."""

    namespace: str
    storage_class: pulumi.Input[str]
    """Name of the StorageClass that creates buckets in it."""


@dataclass(frozen=True, kw_only=True)
class Store:
    """An object store that answers requests."""

    endpoint: pulumi.Input[str]
    region: str = ANY_REGION
    """Region that requests are signed for."""

    rook: Rook | None = None
    """None: its buckets exist."""


def existing_store(spec: S3Spec) -> Store:
    """Return the wire of a store that tier0 does not make."""
    return Store(endpoint=spec.address, region=spec.region)
