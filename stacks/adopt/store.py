"""The object store that archives are in; an environment has one."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from components.ceph import ObjectStoreSpec
from components.certificates import CertificateSpec
from components.s3 import ANY_REGION, S3Spec
from components.spec import drafting
from stacks.adopt.archive import Archive
from stacks.check.rules.hosts import without_public_ca

_AWS = re.compile(r"s3[.-]([a-z]{2}(?:-[a-z]+)+-[0-9])\.amazonaws\.com(?:\.cn)?")
_REGIONS = (
    re.compile(r"s3\.([a-z]{2}-[a-z]+-[0-9]{3})\.backblazeb2\.com"),
    re.compile(r"(?:s3\.)?([a-z]{3}[0-9])\.your-objectstorage\.com"),
)
_R2 = ".r2.cloudflarestorage.com"
_CA = "object-store-ca"
_ROOKS = "rook-ceph-rgw-"


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The store of an environment."""

    spec: ObjectStoreSpec | S3Spec
    """Its `object_store`."""
    endpoint: str | None
    """The address that archives in it have; None: nothing is archived yet."""
    said: Sequence[str] = ()
    """What the reader has to see to, each with its field first."""

    @property
    def claims(self) -> bool:
        """Whether its buckets are made by claims."""
        return isinstance(self.spec, ObjectStoreSpec)


def chosen(archives: Sequence[Archive]) -> Chosen:
    """Return the store that most of the *archives* are in."""
    if not archives:
        return _new()
    endpoint = Counter(it.endpoint for it in archives).most_common(1)[0][0]
    here = [it for it in archives if it.endpoint == endpoint]
    said: list[str] = []
    made = _address(endpoint, said)
    authorities = Counter(it.authority for it in here if it.authority).most_common(1)
    if authorities and "." in authorities[0][0][0]:
        made["ca_secret"] = _CA
        said.append(
            f"object_store.ca_secret: the name '{authorities[0][0][0]}' has a dot, which tier0 "
            f"does not take; write the CA into the key 'ca.crt' of the Secret '{_CA}' too"
        )
    elif authorities:
        made["ca_secret"], key = authorities[0][0]
        if key != "ca.crt":
            said.append(
                f"object_store.ca_secret: tier0 reads the key 'ca.crt' of '{made['ca_secret']}', "
                f"which has '{key}'; write the CA under that name too"
            )
    host = urlsplit(endpoint).hostname or ""
    if not authorities and host and without_public_ca(host):
        made["ca_secret"] = _CA
        said.append(
            f"object_store.ca_secret: no public CA signs a certificate for '{host}'; write the "
            f"one that did into the key 'ca.crt' of the Secret '{_CA}', or name yours"
        )
    if any(it.encrypted for it in here) and not host.startswith(_ROOKS):
        made["encrypts"] = True
        said.append("object_store.encrypts: archives ask for AES256; see that the store encrypts")
    said.append(
        "object_store: `python -m stacks secrets` lists the Secrets that must exist, those of "
        "drills too"
    )
    with drafting():
        return Chosen(spec=S3Spec(**made), endpoint=endpoint, said=said)


def _address(endpoint: str, said: list[str]) -> dict[str, Any]:
    """Return the region and the address of a store; add to what is *said*."""
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    if found := _AWS.fullmatch(host):
        return {"region": found[1]}
    if endpoint and parts.scheme != "https":
        said.append(
            f"object_store.endpoint: '{endpoint}' becomes HTTPS, without which tier0 archives "
            "nothing; have the store serve it first, and write ca_secret if its CA is private"
        )
    region = "auto" if host.endswith(_R2) else ""
    for known in _REGIONS:
        if found := known.fullmatch(host):
            region = found[1]
    if not region:
        region = ANY_REGION
        said.append(
            f"object_store.region: no manifest says it; '{region}' is what most stores take, "
            "Garage and AWS want their own"
        )
    made = {"region": region}
    return made | ({"endpoint": parts._replace(scheme="https").geturl()} if endpoint else {})


def _new() -> Chosen:
    """Return the store where nothing is archived yet."""
    said = (
        "object_store: nothing is archived yet; a store in the cluster's own Rook is written, "
        "choose yours"
    )
    with drafting():
        certificate = CertificateSpec(name="tier0-tls", secret="tier0-tls")
        spec = ObjectStoreSpec(name="tier0", certificate=certificate)
    return Chosen(spec=spec, endpoint=None, said=[said])
