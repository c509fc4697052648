"""Archives of the lab's databases: how CNPG and its plugin are told of one, and what is in it."""

import json
from collections.abc import Mapping, Sequence
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
import boto3, json, sys
client = boto3.client("s3", endpoint_url=sys.argv[1], region_name="us-east-1")
pages = client.get_paginator("list_objects_v2").paginate(Bucket=sys.argv[2])
found = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
heads = {key: client.head_object(Bucket=sys.argv[2], Key=key) for key in found}
fields = ("ContentLength", "ServerSideEncryption")
print(json.dumps({key: {f: head.get(f) for f in fields} for key, head in heads.items()}))
"""


def objects(lab: "Cluster", namespace: str, archive: Archive) -> dict[str, dict[str, Any]]:
    """Return size and encryption of every object in an archive's bucket, asked over its HTTPS."""
    name = f"list-{archive.bucket}"[:50]
    arguments = [archive.endpoint, archive.bucket]
    answer = ask(lab, (namespace, name), archive.configuration, _LIST, arguments)
    found: dict[str, dict[str, Any]] = json.loads(answer)
    return found


def ask(
    lab: "Cluster",
    place: tuple[str, str],
    configuration: Mapping[str, Any],
    script: str,
    arguments: Sequence[str],
    image: str = SYSTEM,
) -> str:
    """Run a Python script as the pod (namespace, name) that may use an archive; return its log.

    It has the plugin's own libraries, the keys that barman's `configuration` names, and its CA.
    """
    keys = {"AWS_ACCESS_KEY_ID": "accessKeyId", "AWS_SECRET_ACCESS_KEY": "secretAccessKey"}
    environment: list[dict[str, Any]] = [
        {"name": name, "valueFrom": {"secretKeyRef": configuration["s3Credentials"][key]}}
        for name, key in keys.items()
    ]
    ca = configuration["endpointCA"]
    environment.append({"name": "AWS_CA_BUNDLE", "value": f"/ca/{ca['key']}"})
    container = {
        "image": image,
        "command": ["python3", "-c", script, *arguments],
        "env": environment,
        "volumeMounts": [{"name": "ca", "mountPath": "/ca"}],
    }
    volumes = [{"name": "ca", "secret": {"secretName": ca["name"]}}]
    return pods.run(lab, place, container, volumes=volumes)
