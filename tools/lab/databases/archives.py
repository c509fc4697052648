"""Archives of the lab's databases: how CNPG and its plugin are told of one, and what is in it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tools.lab import pods
from tools.lab.images.postgres import SYSTEM
from tools.lab.operators import plugin
from tools.lab.operators.manifests import Manifest

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


CONNECT = """
import boto3, json, sys
endpoint, bucket, name = sys.argv[1:]
client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
"""

_LIST = """
pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=name)
found = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
heads = {key: client.head_object(Bucket=bucket, Key=key) for key in found}
fields = ("ContentLength", "LastModified", "ServerSideEncryption")
said = {key: {f: head.get(f) for f in fields} for key, head in heads.items()}
print(json.dumps(said, default=str))
"""

_DELETE = """
client.head_object(Bucket=bucket, Key=name)  # to delete what is not there is no error
client.delete_object(Bucket=bucket, Key=name)
"""

_DAMAGE = """
size = client.head_object(Bucket=bucket, Key=name)["ContentLength"]
client.put_object(Bucket=bucket, Key=name, Body=(b"damaged." * (size // 8 + 1))[:size])
"""

_MOVE = """
origin, name = name.split()
found = client.get_object(Bucket=bucket, Key=origin)
how = found.get("ServerSideEncryption")
encrypted = {"ServerSideEncryption": how} if how else {}
# Ceph copies no encrypted object: it answers CopyObject with NotImplemented.
client.put_object(Bucket=bucket, Key=name, Body=found["Body"].read(), **encrypted)
client.delete_object(Bucket=bucket, Key=origin)
"""

_FAIL = """
import datetime, re
pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{name}/base/")
keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
newest = max(key for key in keys if key.endswith("/backup.info"))
found = client.get_object(Bucket=bucket, Key=newest)
text, now = found["Body"].read().decode(), datetime.datetime.now(datetime.timezone.utc)
for field, value in (("status", "FAILED"), ("begin_time", now), ("end_time", now)):
    text, changed = re.subn(f"^{field}=.*$", f"{field}={value}", text, flags=re.MULTILINE)
    assert changed == 1, (field, text)
how = found.get("ServerSideEncryption")
encrypted = {"ServerSideEncryption": how} if how else {}
failed = f"{now:%Y%m%dT%H%M%S}"
client.put_object(Bucket=bucket, Key=f"{name}/base/{failed}/backup.info", Body=text, **encrypted)
print(json.dumps([newest.split("/")[-2], failed]))
"""


def objects(
    lab: "Cluster", namespace: str, archive: Archive, prefix: str = ""
) -> dict[str, dict[str, Any]]:
    """Return size, time and encryption of the objects in an archive's bucket, over its HTTPS."""
    found: dict[str, dict[str, Any]] = json.loads(_asked(lab, namespace, archive, _LIST, prefix))
    return found


def delete(lab: "Cluster", namespace: str, archive: Archive, key: str) -> None:
    """Delete one object of an archive's bucket; a fault where it is not there."""
    _asked(lab, namespace, archive, _DELETE, key)


def damage(lab: "Cluster", namespace: str, archive: Archive, key: str) -> None:
    """Write other bytes over one object of an archive's bucket, as many as it had."""
    _asked(lab, namespace, archive, _DAMAGE, key)


@contextmanager
def without(lab: "Cluster", namespace: str, archive: Archive, key: str) -> Iterator[None]:
    """Have one object of an archive's bucket missing for a while; it comes back as it was."""
    aside = f"aside/{key}"
    _asked(lab, namespace, archive, _MOVE, f"{key} {aside}")
    try:
        yield
    finally:
        _asked(lab, namespace, archive, _MOVE, f"{aside} {key}")


def fail(lab: "Cluster", namespace: str, archive: Archive, server: str) -> tuple[str, str]:
    """Add a base backup as Barman leaves one whose last upload fails: an end, and no data.

    Return the IDs of the newest one until then, and of that one.
    """
    newest, failed = json.loads(_asked(lab, namespace, archive, _FAIL, f"{archive.prefix}{server}"))
    return newest, failed


def _asked(lab: "Cluster", namespace: str, archive: Archive, script: str, name: str) -> str:
    """Run a script over an archive's bucket, and `name` in it."""
    place = (namespace, f"list-{archive.bucket}"[:50])
    arguments = [archive.endpoint, archive.bucket, name]
    return ask(lab, place, archive.configuration, CONNECT + script, arguments)


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
