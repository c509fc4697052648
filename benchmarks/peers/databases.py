"""Databases of CloudNativePG that archive into a bucket of Rook's by the barman-cloud plugin."""

import base64
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from benchmarks.peers.kubernetes import CLUSTERS, PATIENCE_SECONDS, Kubernetes
from tools import Fault

SHOP = "shop"
"""The database that is drilled."""

OTHER = "other"
"""One with the same tables and other data."""

_STORE = """
import json, os, sys, tempfile
import boto3
asked = json.load(sys.stdin)
places = [it for it in ("/tmp", "/controller", "/plugins") if os.access(it, os.W_OK)]
with tempfile.NamedTemporaryFile("w", dir=places[0], suffix=".crt") as ca:
    ca.write(asked["ca"])
    ca.flush()
    s3 = boto3.client("s3", endpoint_url=asked["url"], verify=ca.name, region_name="us-east-1",
                      aws_access_key_id=asked["access"], aws_secret_access_key=asked["secret"])
    bucket = asked["bucket"]
    for source, target in asked["copy"]:
        s3.copy_object(Bucket=bucket, Key=target, CopySource={"Bucket": bucket, "Key": source})
    for key in asked["delete"]:
        s3.delete_object(Bucket=bucket, Key=key)
    for key in asked["damage"]:
        body = bytearray(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        middle = len(body) // 2
        body[middle:middle + 4096] = os.urandom(4096)
        s3.put_object(Bucket=bucket, Key=key, Body=bytes(body))
    for key in asked["cut"]:
        body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        s3.put_object(Bucket=bucket, Key=key, Body=body[:len(body) // 2])
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    print(json.dumps([it["Key"] for page in pages for it in page.get("Contents", [])]))
"""
"""Runs next to barman in the database's pod, which reaches the store; its input has the keys."""


class Databases:
    """A bucket, the databases that archive into it, and what changes their archives."""

    def __init__(self, cluster: Kubernetes, *, ca: str, bucket_class: str, image: str) -> None:
        """Claim a bucket; *ca* is the PEM of the store's CA."""
        self.cluster = cluster
        self.image = image
        self._ca = ca
        self._bucket(bucket_class)
        self.keys: list[str] = []
        """Every object of the archive when it was whole; each has a copy under `kept/`."""

    def _bucket(self, bucket_class: str) -> None:
        claim = {
            "apiVersion": "objectbucket.io/v1alpha1",
            "kind": "ObjectBucketClaim",
            "metadata": {"name": "peers"},
            "spec": {"generateBucketName": "peers", "storageClassName": bucket_class},
        }
        secret = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "ca"},
            "stringData": {"ca.crt": self._ca},
        }
        self.cluster.apply(claim, secret)
        self.cluster.wait("objectbucketclaim/peers", "{.status.phase}", "Bound")
        host, port, self.bucket = (
            self.cluster.value("configmap", "peers", f"{{.data.BUCKET_{name}}}")
            for name in ("HOST", "PORT", "NAME")
        )
        self.url = f"https://{host}:{port}"
        wrong = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "wrong"},
            "stringData": {"AWS_ACCESS_KEY_ID": "wrong", "AWS_SECRET_ACCESS_KEY": "wrong"},
        }
        self.cluster.apply(wrong, self._store("store", "peers"), self._store("refused", "wrong"))

    def _store(self, name: str, keys: str) -> dict[str, Any]:
        when_required = ("AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION")
        return {
            "apiVersion": "barmancloud.cnpg.io/v1",
            "kind": "ObjectStore",
            "metadata": {"name": name},
            "spec": {
                "configuration": {
                    "destinationPath": f"s3://{self.bucket}/",
                    "endpointURL": self.url,
                    "endpointCA": {"name": "ca", "key": "ca.crt"},
                    "s3Credentials": {
                        "accessKeyId": {"name": keys, "key": "AWS_ACCESS_KEY_ID"},
                        "secretAccessKey": {"name": keys, "key": "AWS_SECRET_ACCESS_KEY"},
                    },
                    "data": {"compression": "gzip"},
                    "wal": {"compression": "gzip"},
                },
                "instanceSidecarConfiguration": {
                    "env": [{"name": it, "value": "when_required"} for it in when_required]
                },
            },
        }

    def database(self, name: str) -> None:
        """Create a database that archives, and wait until it is ready."""
        plugin = {
            "name": "barman-cloud.cloudnative-pg.io",
            "isWALArchiver": True,
            "parameters": {"barmanObjectName": "store", "serverName": name},
        }
        spec = {
            "instances": 1,
            "imageName": self.image,
            "storage": {"size": "1Gi"},
            "bootstrap": {"initdb": {"database": "app", "owner": "app", "dataChecksums": True}},
            "plugins": [plugin],
            "postgresql": {"parameters": {"archive_timeout": "30s"}},
            "resources": {"requests": {"cpu": "20m", "memory": "256Mi"}},
        }
        self.cluster.apply(
            {
                "apiVersion": "postgresql.cnpg.io/v1",
                "kind": "Cluster",
                "metadata": {"name": name},
                "spec": spec,
            }
        )
        self.cluster.wait(f"{CLUSTERS}/{name}", "{.status.readyInstances}", "1")

    def sql(self, name: str, *statements: str) -> str:
        """Run *statements* in the application's database, and return the last one's answer."""
        answer = ""
        for statement in statements:
            answer = self.cluster.call(
                *("exec", f"{name}-1", "-c", "postgres", "--", "psql", "-XqAt"),
                *("-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", "app", "-c", statement),
            )
        return answer

    def close(self, name: str) -> str:
        """Close the current segment, wait until it is archived, and return its name."""
        segment = self.sql(name, "select pg_walfile_name(pg_switch_wal())")
        until = time.monotonic() + PATIENCE_SECONDS
        while self.sql(name, "select last_archived_wal from pg_stat_archiver") < segment:
            if time.monotonic() > until:
                raise Fault(name, f"{segment} is not archived", "read its log")
            time.sleep(1)
        return segment

    def backup(self, name: str, backup: str) -> None:
        """Take a base backup."""
        self.cluster.apply(
            {
                "apiVersion": "postgresql.cnpg.io/v1",
                "kind": "Backup",
                "metadata": {"name": backup},
                "spec": {
                    "cluster": {"name": name},
                    "method": "plugin",
                    "pluginConfiguration": {"name": "barman-cloud.cloudnative-pg.io"},
                },
            }
        )
        self.cluster.wait(f"backup.postgresql.cnpg.io/{backup}", "{.status.phase}", "completed")

    def store(
        self,
        *,
        copy: Sequence[tuple[str, str]] = (),
        delete: Sequence[str] = (),
        damage: Sequence[str] = (),
        cut: Sequence[str] = (),
    ) -> list[str]:
        """Copy, delete, damage and cut objects, in this order; return the keys that are there."""
        secret = json.loads(self.cluster.call("get", "secret", "peers", "-o", "json"))["data"]
        access, key = (
            base64.b64decode(secret[f"AWS_{name}"]).decode()
            for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY")
        )
        asked = {
            "url": self.url,
            "bucket": self.bucket,
            "ca": self._ca,
            "access": access,
            "secret": key,
            "copy": list(copy),
            "delete": list(delete),
            "damage": list(damage),
            "cut": list(cut),
        }
        place = (f"{OTHER}-1", "-c", "plugin-barman-cloud")
        said = self.cluster.call(
            *("exec", "-i", *place, "--", "python3", "-c", _STORE), text=json.dumps(asked)
        )
        found: list[str] = json.loads(said)
        return found

    def keep(self) -> None:
        """Keep a copy of the archive as it is now."""
        self.keys = [it for it in self.store() if it.startswith(f"{SHOP}/")]
        self.store(copy=[(it, f"kept/{it}") for it in self.keys])

    @contextmanager
    def changed(
        self,
        *,
        copy: Sequence[tuple[str, str]] = (),
        delete: Sequence[str] = (),
        damage: Sequence[str] = (),
        cut: Sequence[str] = (),
    ) -> Iterator[None]:
        """Change the archive (what is deleted first), and put it back at the end."""
        self.store(delete=delete)
        self.store(copy=copy, damage=damage, cut=cut)
        try:
            yield
        finally:
            self.store(
                copy=[(f"kept/{it}", it) for it in self.keys],
                delete=[it for _, it in copy if it not in self.keys],
            )

    def versions(self) -> str:
        """Return the versions of the server and of Kubernetes."""
        server = self.sql(SHOP, "show server_version")
        version = json.loads(self.cluster.call("version", "-o", "json"))["serverVersion"]
        return f"PostgreSQL {server}; Kubernetes {version['gitVersion']}"
