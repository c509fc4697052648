"""A database and what leads to it: a pool to its replica, a load balancer, clients of both."""

from contextlib import suppress
from typing import Any

from components.postgres.load_balancers import LoadBalancerSpec
from components.postgres.pooler import pooler_name
from tests.lab.recovering import Recovering
from tools import Fault
from tools.lab import pods
from tools.lab.databases.environment import Change
from tools.lab.operators.manifests import Manifest

HOST, OUTSIDE = "shop.example.org", "shop-outside"
ANNOTATIONS = {"example.org/address": "192.0.2.7"}
PARAMETER = "server_idle_timeout"

_CLIENT = """
import os, sys
import psycopg2
host, address = sys.argv[1:]
connection = psycopg2.connect(
    host=host, hostaddr=address or None, dbname=os.environ["DATABASE"], user=os.environ["USERNAME"],
    password=os.environ["PASSWORD"], sslmode="verify-full", sslrootcert="/ca/ca.crt",
    connect_timeout=10,
)
connection.autocommit = True
cursor = connection.cursor()
cursor.execute("select count(*), pg_is_in_recovery() from kept")
print(*cursor.fetchone())
try:
    cursor.execute("update kept set id = id where id = 1")
    print("written")
except psycopg2.Error as error:
    print(error)
"""
"""Reads and writes as the application does, which verifies the server's certificate."""


class Reaching(Recovering):
    """The database, and how clients reach it."""

    def balanced(self, class_name: str) -> Change:
        """Run `pulumi up` with a load balancer of a class."""
        balancer = LoadBalancerSpec(
            hosts=[HOST],
            source_ranges=["192.0.2.0/24"],
            class_name=class_name,
            annotations=ANNOTATIONS,
        )
        self.declare(load_balancers={OUTSIDE: balancer})
        return self.up()

    @property
    def balancer(self) -> Manifest:
        """The Service of the load balancer."""
        found = self.lab.kube.get("v1", "Service", OUTSIDE, self.active.namespace)
        assert found, f"Service {OUTSIDE} is not there"
        return found

    @property
    def pool(self) -> str:
        """The name of the pool to its replica, and of its Service."""
        return pooler_name(self.active.first, "ro")

    def pooler(self) -> Manifest:
        """Return the pod of the pool, once it runs as it is declared."""
        namespace, labels = self.active.namespace, f"cnpg.io/poolerName={self.pool}"
        self.lab.wait_for_deployment(namespace, self.pool)
        (found,) = self.lab.kube.objects("v1", "Pod", namespace, labels=labels)
        return found

    def parameter(self) -> str:
        """Return the parameter that PgBouncer has in force, as its console tells it."""
        place = (self.active.namespace, self.pooler()["metadata"]["name"], "pgbouncer")
        said = pods.execute(self.lab, place, ["psql", "-qAtX", "-c", "show config"])
        (row,) = [it.split("|") for it in said.splitlines() if it.startswith(f"{PARAMETER}|")]
        return row[1]

    def asked(self, host: str, address: str = "") -> list[str]:
        """Return what a client is told that connects to a host name, or to its *address*."""
        database = self.active
        secret = {"name": f"{database.first}-app"}
        container: dict[str, Any] = {
            "image": database.image,
            "command": ["python3", "-c", _CLIENT, host, address],
            "env": [
                {"name": "DATABASE", "value": database.holds},
                *(
                    {"name": it.upper(), "valueFrom": {"secretKeyRef": {**secret, "key": it}}}
                    for it in ("username", "password")
                ),
            ],
            "volumeMounts": [{"name": "ca", "mountPath": "/ca"}],
        }
        volumes = [{"name": "ca", "secret": {"secretName": f"{database.first}-ca"}}]
        said = pods.run(self.lab, (database.namespace, "client"), container, volumes=volumes)
        return said.splitlines()

    def read(self, host: str, address: str = "") -> str:
        """Return what a client reads, "" while it gets no connection."""
        with suppress(Fault):
            return self.asked(host, address)[0]
        return ""
