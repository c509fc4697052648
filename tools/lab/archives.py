"""Archives of the lab's databases: how CNPG and its plugin are told of one, and what is in it."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tools.lab import plugin, pods
from tools.lab.manifests import Manifest
from tools.lab.postgres_images import SYSTEM

if TYPE_CHECKING:
    from tools.lab.access import Cluster

Method = Literal["plugin", "in-tree"]


@dataclass(frozen=True, kw_only=True)
class Archive:
    """A bucket as an archive: where it is, who may write to it, and who signed its endpoint."""

    bucket: str
    endpoint: str
    credentials: str
    """Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the cluster's namespace."""

    ca: str
    """Secret with the authority's ca.crt, in the cluster's namespace."""

    prefix: str = ""
    compression: str | None = "gzip"
    encryption: str | None = None
    """What is asked of the store for each object, as AES256."""

    method: Method = "plugin"

    @property
    def configuration(self) -> dict[str, Any]:
        """The part that in-tree archiving and the plugin's ObjectStore have in common."""
        how = {"compression": self.compression, "encryption": self.encryption}
        stored: dict[str, Any] = {name: value for name, value in how.items() if value}
        return {
            "destinationPath": f"s3://{self.bucket}/{self.prefix}",
            "endpointURL": self.endpoint,
            "endpointCA": {"name": self.ca, "key": "ca.crt"},
            "s3Credentials": {
                "accessKeyId": {"name": self.credentials, "key": "AWS_ACCESS_KEY_ID"},
                "secretAccessKey": {"name": self.credentials, "key": "AWS_SECRET_ACCESS_KEY"},
            },
            "data": stored,
            "wal": stored | {"maxParallel": 2},
        }

    def origin(self, server: str) -> dict[str, Any]:
        """Return the part of an external cluster that says where the archive of `server` is."""
        if self.method == "in-tree":
            return {"barmanObjectStore": self.configuration | {"serverName": server}}
        parameters = {"barmanObjectName": server, "serverName": server}
        return {"plugin": {"name": plugin.NAME, "parameters": parameters}}

    def store(self, namespace: str, name: str) -> Manifest:
        """Return the plugin's ObjectStore for it."""
        return {
            "apiVersion": "barmancloud.cnpg.io/v1",
            "kind": "ObjectStore",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {"configuration": self.configuration},
        }


_LIST = """
import boto3, json, os, sys
client = boto3.client("s3", endpoint_url=sys.argv[1], verify=sys.argv[3], region_name="us-east-1")
pages = client.get_paginator("list_objects_v2").paginate(Bucket=sys.argv[2])
found = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
heads = {key: client.head_object(Bucket=sys.argv[2], Key=key) for key in found}
fields = ("ContentLength", "ServerSideEncryption")
print(json.dumps({key: {f: head.get(f) for f in fields} for key, head in heads.items()}))
"""


def objects(lab: "Cluster", namespace: str, archive: Archive) -> dict[str, dict[str, Any]]:
    """Return size and encryption of every object in an archive's bucket, asked over its HTTPS.

    A pod asks, with the plugin's own library, by the Secrets that PostgreSQL has.
    """
    name = f"list-{archive.bucket}"[:50]
    secret = [
        {"name": key, "valueFrom": {"secretKeyRef": {"name": archive.credentials, "key": key}}}
        for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    ]
    arguments = [archive.endpoint, archive.bucket, "/ca/ca.crt"]
    answer = pods.run(
        lab,
        (namespace, name),
        {
            "image": SYSTEM,
            "command": ["python3", "-c", _LIST, *arguments],
            "env": secret,
            "volumeMounts": [{"name": "ca", "mountPath": "/ca"}],
        },
        volumes=[{"name": "ca", "secret": {"secretName": archive.ca}}],
    )
    found: dict[str, dict[str, Any]] = json.loads(answer)
    return found
