"""A bucket of S3 as a program in a pod uses it (components/pods/s3.py)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi


@dataclass(frozen=True, kw_only=True)
class PodStore:
    """A bucket, its keys and its CA, which are Secrets in the pod's namespace."""

    endpoint: pulumi.Input[str]
    bucket: pulumi.Input[str]

    prefix: str = ""
    """What every key begins with."""

    region: str
    """Region that requests are signed for; Ceph accepts any."""

    secret: pulumi.Input[str]
    access_key: str
    secret_key: str

    ca: tuple[pulumi.Input[str], str] | None
    """The Secret with the CA and its key in it; None: a public CA."""

    encrypted: bool = False
    """Whether AES256 is requested for what is written."""

    @property
    def settings(self) -> dict[str, pulumi.Input[str]]:
        """Settings of the program's `Store`; the keys come as files."""
        return {
            "endpoint": self.endpoint,
            "bucket": self.bucket,
            "prefix": self.prefix,
            "region": self.region,
            "keys": pulumi.Output.concat("Secret ", self.secret),
            "access": self.access_key,
            "secret": self.secret_key,
        }

    def volume(self, name: str) -> Mapping[str, Any]:
        """Return the volume with the keys and the CA, each under a fixed file name."""
        files = key_files(self.secret, self.access_key, self.secret_key, self.ca)
        return {"name": name, "projected": files}


def key_files(
    secret: pulumi.Input[str],
    access_key: str,
    secret_key: str,
    ca: tuple[pulumi.Input[str], str] | None,
) -> dict[str, Any]:
    """Return the projected volume with a bucket's keys and CA, under the names that `Store` reads.

    The pod starts without a Secret that does not exist yet; the program says so.
    """
    sources = [_source(secret, {access_key: "access", secret_key: "secret"})]
    if ca:
        sources.append(_source(ca[0], {ca[1]: "ca.crt"}))
    return {"defaultMode": 0o440, "sources": sources}


def _source(secret: pulumi.Input[str], items: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "secret": {
            "name": secret,
            "optional": True,
            "items": [{"key": key, "path": path} for key, path in items.items()],
        }
    }
