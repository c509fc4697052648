"""Certificates that cert-manager issues: the server's, its renewal, and a CA of clients.

About eight minutes on a quiet machine.
"""

import json
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from typing import Any

import pytest

from components.pods.evidence import read
from components.postgres import DatabaseSpec, DrillsSpec, PoolerSpec
from components.postgres.certificates import DatabaseCertificatesSpec
from components.postgres.pooler import pooler_name
from tests import valid
from tests.lab.conftest import Claim
from tests.lab.drilling import why
from tests.lab.recovering import NAME, Recovering, outside
from tests.support import to_module
from tools import Fault
from tools.lab import pods
from tools.lab.cluster import Lab
from tools.lab.databases.deployed import Deployed
from tools.lab.databases.environment import Environment
from tools.lab.images.postgres import pgbouncer
from tools.lab.operators import cert_manager

pytestmark = [pytest.mark.own_parts("images", "off-site store"), pytest.mark.group("alone")]

_SERVER, _SERVER_CA = "shop-tls", "servers"
_CLIENT, _CLIENT_CA, _TRUSTED = "shop-client", "clients", "shop-clients"
_EVENTS = "events"
_RELOAD = {"cnpg.io/reload": ""}
_RENEWED_SECONDS = 60

_CONNECT = """
import json, os, shutil, sys
import psycopg2

os.umask(0o077)  # libpq takes no key that others may read
for one in json.loads(sys.argv[1]):
    if "sslkey" in one:
        one["sslkey"] = shutil.copyfile(one["sslkey"], "/tmp/key")
    try:
        connection = psycopg2.connect(sslmode="verify-full", connect_timeout=10, **one)
    except psycopg2.OperationalError as error:
        print(" ".join(str(error).split()))
        continue
    cursor = connection.cursor()
    cursor.execute(
        "select current_database() || ' ' || coalesce(issuer_dn, '-') from pg_stat_ssl"
        " where pid = pg_backend_pid()"
    )
    print(*cursor.fetchone())
    connection.close()
"""
"""Connects as the application does, and prints the CA of what it, or its pool, logs in by."""

_SERVED = """
import socket, ssl, struct, sys, time

host, other, deadline = sys.argv[1], sys.argv[2], time.time() + float(sys.argv[3])
trusted = ssl.create_default_context(cafile="/own/ca.crt")
while True:
    with socket.create_connection((host, 5432), 10) as plain:
        plain.sendall(struct.pack("!ii", 8, 80877103))  # SSLRequest
        assert plain.recv(1) == b"S"
        with trusted.wrap_socket(plain, server_hostname=host) as shown:
            serial = shown.getpeercert()["serialNumber"]
    if serial != other or time.time() > deadline:
        break
    time.sleep(0.2)
print(serial)
"""
"""Prints the serial number of a server's certificate, once it is another or the time is over."""

_LOGINS = (
    "select coalesce(string_agg(issuer_dn, ' '), '') from pg_stat_replication"
    " join pg_stat_ssl using (pid) where state = 'streaming'"
)
_END_OTHERS = "select count(pg_terminate_backend(pid)) from pg_stat_ssl where issuer_dn <> '/CN={}'"
_STARTED = "select pg_postmaster_start_time()"


class Issued(Recovering):
    """The database, with certificates that cert-manager issues next to it."""

    @cached_property
    def namespace(self) -> str:
        """Where both are."""
        return self.environment.spec.databases[NAME].namespace

    @property
    def names(self) -> list[str]:
        """The names that `python -m stacks secrets` asks for in the server's certificate."""
        place = f"{self.namespace}/{_SERVER}:"
        (line,) = [it for it in self.said("secrets").splitlines() if it.startswith(place)]
        return line.rstrip(")").rpartition(" with ")[2].split(", ")

    def issue(self, authority: str, secret: str, **certificate: object) -> None:
        """Have a CA made, and a certificate that it issues; return when it is there."""
        lab = Lab(self.lab.directory)  # a client for each thread
        labels = {"secretTemplate": {"labels": _RELOAD}}
        place = self.namespace, secret
        lab.apply(cert_manager.authority((self.namespace, authority)))
        lab.apply([cert_manager.certificate(place, authority, **labels, **certificate)])
        lab.wait(f"certificate {secret}", lambda: "tls.crt" in self.secret(secret), 60)

    def secret(self, name: str) -> dict[str, str]:
        """Return what is in a Secret, in Base64; nothing where it is not there."""
        found = Lab(self.lab.directory).kube.get("v1", "Secret", name, self.namespace) or {}
        return dict(found.get("data", {}))

    def asked(self, *connections: Mapping[str, str]) -> list[str]:
        """Return what a client is told for each connection: libpq's words, without the password."""
        database = self.active
        secret = {"name": f"{database.first}-app"}
        given = [
            {"user": NAME, "dbname": NAME, "sslrootcert": "/own/ca.crt", **it} for it in connections
        ]
        password = {"secretKeyRef": {**secret, "key": "password"}}
        env = [{"name": "PGPASSWORD", "valueFrom": password}]
        return self._client(_CONNECT, json.dumps(given), env=env).splitlines()

    def served(self, host: str, other: str = "", seconds: float = 0) -> str:
        """Return the serial number of its certificate, once it is not the *other* one.

        It is the *other* one where no new one is served within *seconds*.
        """
        return self._client(_SERVED, host, other, str(seconds)).strip()

    def _client(self, program: str, *arguments: str, **more: object) -> str:
        database = self.active
        folders = {"own": _SERVER, "cnpg": f"{database.first}-ca", "client": _CLIENT}
        container: dict[str, Any] = {
            "image": database.image,
            "command": ["python3", "-c", program, *arguments],
            "volumeMounts": [{"name": it, "mountPath": f"/{it}"} for it in folders],
            **more,
        }
        volumes = [
            {"name": it, "secret": {"secretName": name, "optional": True}}
            for it, name in folders.items()
        ]
        return pods.run(self.lab, (database.namespace, "client"), container, volumes, 240)


@pytest.fixture(scope="module")
def shop(
    lab: Lab,
    n8n: Deployed,  # noqa: ARG001 (the environment is deployed)
    environment: Environment,
) -> Iterator[Issued]:
    """A database of two instances and a pool, whose server's certificate cert-manager issues."""
    lab.load([pgbouncer()])
    with outside(lab, environment) as store:
        made = Issued(lab, lab.directory / "certificates")
        # The node has room for two generations of it where another database has one instance.
        to_module(valid.edited(str(made.file), {"databases.n8n.instances": 1}), made.file)
        made.declare(
            instances=2,
            pooler=PoolerSpec(instances=1),
            databases={_EVENTS: DatabaseSpec(owner=NAME)},
            drills=DrillsSpec(suspended=True),
            certificates=DatabaseCertificatesSpec(server_tls_secret=_SERVER),
        )
        names = made.names
        with ThreadPoolExecutor(1) as pool:
            rising = pool.submit(made.up)
            own = Lab(lab.directory)  # a client for each thread
            own.wait("its namespace", lambda: bool(own.get(f"/api/v1/namespaces/{made.namespace}")))
            own.apply([store.copier_secret(made.namespace)])
            made.issue(_SERVER_CA, _SERVER, dnsNames=names, usages=["server auth"])
            rising.result()
        made.active.wait_archiving()
        lab.wait_for_deployment(made.namespace, pooler_name(made.active.name, "rw"))
        made.active.sql("create table kept as select g as id from generate_series(1, 1000) g")
        yield made


def test_clients_trust_a_certificate_that_cert_manager_issued_and_know_no_other_ca(
    shop: Issued,
) -> None:
    database = shop.active
    direct, pooled = shop.names
    assert direct == database.host
    told = shop.asked({"host": direct}, {"host": pooled})
    assert told[0] == f"{NAME} -"
    assert told[1].startswith(f"{NAME} ")
    assert f"CN={database.name}" in told[1], "the pool logs in by what CloudNativePG issued"
    other = {"sslrootcert": "/cnpg/ca.crt"}
    for refusal in shop.asked({"host": direct, **other}, {"host": pooled, **other}):
        assert "certificate verify failed" in refusal
    database.archive_seen()


def test_a_renewed_certificate_is_served_without_a_restart(shop: Issued, claim: Claim) -> None:
    database = shop.active
    direct, pooled = shop.names
    started, before = database.sql(_STARTED), shop.served(direct)
    assert shop.served(pooled) == before
    began = time.monotonic()
    cert_manager.renew(shop.lab, (shop.namespace, _SERVER))
    after = shop.served(direct, before, 2 * _RENEWED_SECONDS)
    taken = time.monotonic() - began
    claim("from the request to renew it until it is served", taken, "s")
    assert after != before
    assert taken < _RENEWED_SECONDS
    assert database.sql(_STARTED) == started
    # The operator looks at no certificate of a pool's clients by itself.
    late = shop.served(pooled) == before
    claim("a pool serves, before its Pooler changes", "the old one" if late else "the new one", "")
    place = ("postgresql.cnpg.io/v1", "Pooler", pooler_name(database.first, "rw"), shop.namespace)
    touched = {"metadata": {"annotations": {"example.org/renewed": after}}}
    shop.lab.kube.patch(*place, change=touched)
    assert shop.served(pooled, before, _RENEWED_SECONDS) == after


def _log_in_by(shop: Issued, authority: str) -> None:
    """See that replica, pool and client log in by what a CA has issued."""
    database = shop.active
    _, pooled = shop.names

    def streams() -> bool:
        with suppress(Fault):
            database.sql(_END_OTHERS.format(authority))
            return database.sql(_LOGINS) == f"/CN={authority}"
        return False

    shop.lab.wait("the replica streams", streams)
    told = [f"{NAME} /CN={authority}"]
    shop.lab.wait("clients of the pool log in", lambda: shop.asked({"host": pooled}) == told)
    events = {"host": database.host, "dbname": _EVENTS}
    certificate = {"sslcert": "/client/tls.crt", "sslkey": "/client/tls.key"}
    known, refused = shop.asked({**events, **certificate}, events)
    assert known == f"{_EVENTS} /CN={authority}"
    assert "certificate" in refused


def test_replicas_pools_and_clients_log_in_by_a_ca_of_clients_that_replaces_the_first(
    shop: Issued, claim: Claim
) -> None:
    database = shop.active
    started = database.sql(_STARTED)
    shop.issue(_CLIENT_CA, _CLIENT, commonName=NAME, usages=["client auth"])
    made = shop.secret(_CLIENT_CA)
    metadata = {"name": _TRUSTED, "namespace": shop.namespace, "labels": _RELOAD}
    data = {"ca.crt": made["tls.crt"], "ca.key": made["tls.key"]}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data}
    shop.lab.apply([secret])
    shop.declare(
        certificates=DatabaseCertificatesSpec(server_tls_secret=_SERVER, client_ca_secret=_TRUSTED),
        pg_hba=[f"hostssl {_EVENTS} {NAME} all cert"],
    )
    shop.up()
    began = time.monotonic()
    for end in ("replication", "pooler"):
        shop.lab.kube.delete("v1", "Secret", f"{database.name}-{end}", shop.namespace)
    _log_in_by(shop, _CLIENT_CA)
    claim("until replica, pool and client log in by another CA", time.monotonic() - began, "s")
    assert database.sql(_STARTED) == started
    database.wait_healthy(2)


def test_a_drill_passes_and_a_restored_generation_has_the_same_certificates(
    shop: Issued, claim: Claim
) -> None:
    first = shop.active
    first.back_up(f"shop-certificates-{int(time.time())}")
    first.archive_now()
    found = read(shop.data("drill", NAME, "--from", "archive"))
    assert (found.verdict, found.rung) == ("passed", "yours"), why(found)
    serial = shop.served(first.host)
    shop.said("restore", NAME, "--to", "latest", "--write")
    shop.up()
    shop.said("activate", NAME, "2", "--write")
    changed = shop.up()
    claim("pulumi up that activates it", changed.seconds, "s")
    second = shop.active
    assert second.name != first.name
    assert shop.asked({"host": second.host}) == [f"{NAME} -"]
    assert shop.served(second.host) == serial
    second.wait_healthy(2)
    _log_in_by(shop, _CLIENT_CA)
    assert second.sql("select count(*) from kept") == "1000"
    assert second.archive_seen().startswith(f"{second.name}/wals/")
