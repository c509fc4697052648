"""Load on a database: a client that commits row after row and remembers what was acknowledged.

It connects as the application does: its own role, the Service's name, the server's certificate
verified. A row whose answer never came is not tried again under its number.
"""

import itertools
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tools import Fault, kube
from tools.lab.databases.deployed import Deployed
from tools.lab.operators.manifests import Manifest
from tools.lab.pods import RESTRICTED

_WRITER = """
import os, sys, time
import psycopg2
number, connection = 0, None
while True:
    number += 1
    try:
        if connection is None:
            connection = psycopg2.connect(
                host=os.environ["HOST"], dbname=os.environ["DATABASE"], user=os.environ["USERNAME"],
                password=os.environ["PASSWORD"], connect_timeout=2, tcp_user_timeout=2000,
                sslmode="verify-full", sslrootcert="/ca/ca.crt",
                options="-c statement_timeout=5000",
            )
            connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("insert into load values (%s, clock_timestamp())", (number,))
        print("ok", number, time.time(), flush=True)
        time.sleep(0.02)
    except psycopg2.Error as error:
        print("no", number, time.time(), str(error).strip().replace(chr(10), " ")[:150], flush=True)
        connection = None
        time.sleep(0.05)
"""


@dataclass(frozen=True)
class Writer:
    """The client's pod."""

    database: Deployed
    name: str

    def log(self) -> str:
        """Return what it has noted so far."""
        return self.database.lab.kube.log(self.database.namespace, self.name)

    def acknowledged(self) -> dict[int, float]:
        """Return the numbers of the rows whose commit was acknowledged, with the client's clock."""
        rows = [line.split() for line in self.log().splitlines() if line.startswith("ok ")]
        return {int(row[1]): float(row[2]) for row in rows if len(row) == 3}  # noqa: PLR2004

    def wait_written_after(self, moment: float) -> float:
        """Wait for a row acknowledged after a moment; return the seconds between the two."""

        def later() -> list[float]:
            return [at for at in self.acknowledged().values() if at > moment]

        kube.wait(
            f"a row of {self.name} acknowledged",
            lambda: bool(later()),
            lambda: "; ".join(self._last()),
        )
        return min(later()) - moment

    def _last(self) -> list[str]:
        try:
            log = self.database.lab.kube.log(self.database.namespace, self.name, lines=1)
        except Fault as fault:
            return [str(fault)]
        return [log.strip()]


@contextmanager
def load(database: Deployed) -> Iterator[Writer]:
    """Have rows written into the table `load` of a database until the end of the block."""
    try:
        yield begin(database)
    finally:
        _remove(_writer(database))


def begin(database: Deployed) -> Writer:
    """Have rows written into the table `load`, empty at first, until the cluster ends."""
    lab, writer = database.lab, _writer(database)
    database.sql(
        "create table if not exists load (id bigint primary key, at timestamptz);"
        f" truncate load; alter table load owner to {database.holds}"
    )
    _remove(writer)
    lab.apply([_pod(database, writer.name)])
    began = time.time()
    path = f"/api/v1/namespaces/{database.namespace}/pods/{writer.name}"
    kube.wait(
        f"pod {writer.name} running",
        lambda: (lab.get(path) or {}).get("status", {}).get("phase") == "Running",
        lambda: lab.kube.trouble(database.namespace),
    )
    writer.wait_written_after(began)
    return writer


def missing(database: Deployed, acknowledged: Mapping[int, float]) -> set[int]:
    """Return the acknowledged rows that a database does not have."""
    there = database.sql("select string_agg(id::text, ',') from load")
    return set(acknowledged) - {int(number) for number in there.split(",") if number}


def longest_silence(acknowledged: Mapping[int, float], since: float) -> float:
    """Return the longest time without an acknowledged row from a moment on."""
    before = [at for at in acknowledged.values() if at <= since]
    times = sorted([max(before), *(at for at in acknowledged.values() if at > since)])
    return max(later - earlier for earlier, later in itertools.pairwise(times))


def _writer(database: Deployed) -> Writer:
    return Writer(database, f"{database.name}-load")


def _remove(writer: Writer) -> None:
    lab, namespace = writer.database.lab, writer.database.namespace
    path = f"/api/v1/namespaces/{namespace}/pods/{writer.name}"
    if lab.get(path) is None:
        return
    lab.kube.delete("v1", "Pod", writer.name, namespace, grace=0)
    lab.wait(f"pod {writer.name} gone", lambda: lab.get(path) is None, 300)


def _pod(database: Deployed, name: str) -> Manifest:
    clients = database.first or database.name
    secret = f"{clients}-app"
    known = {"HOST": database.host, "DATABASE": database.holds}
    environment: list[Manifest] = [{"name": key, "value": value} for key, value in known.items()]
    environment += [
        {"name": key.upper(), "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}
        for key in ("username", "password")
    ]
    container = {
        "name": "writer",
        "image": database.image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python3", "-c", _WRITER],
        "securityContext": RESTRICTED,
        "env": environment,
        "volumeMounts": [{"name": "ca", "mountPath": "/ca"}],
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": database.namespace},
        "spec": {
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 0,
            "containers": [container],
            "volumes": [{"name": "ca", "secret": {"secretName": f"{clients}-ca"}}],
        },
    }
