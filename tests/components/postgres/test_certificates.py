"""Certificates that are made elsewhere are in every generation, and in no clone or drill."""

from typing import Any

import pytest

from components.postgres.cluster_spec import cluster_spec
from stacks.check.rules.required import required
from stacks.recovery import clones
from stacks.recovery.clone_objects import Target, owned
from tests import valid
from tests.support import declared
from tests.valid import database, environment, own_certificates, restore


def _certificates(**changes: Any) -> Any:
    spec = database(certificates=own_certificates(**changes))
    return cluster_spec(spec, spec.current)["certificates"]


def test_further_names_are_in_the_certificate_that_cloudnative_pg_issues() -> None:
    assert _certificates(hosts=["n8n.example.org"]) == {
        "serverAltDNSNames": [
            "n8n-postgres.n8n-prod.svc",
            "n8n-postgres.n8n-prod.svc.cluster.local",
            "n8n.example.org",
        ]
    }


def test_a_certificate_that_is_made_elsewhere_has_its_names_and_brings_its_ca() -> None:
    assert _certificates(server_tls_secret="tls") == {
        "serverTLSSecret": "tls",
        "serverCASecret": "tls",
    }
    assert _certificates(server_tls_secret="tls", server_ca_secret="ca")["serverCASecret"] == "ca"


def test_a_ca_that_is_made_elsewhere_issues_the_same_names() -> None:
    made = _certificates(server_ca_secret="ca", client_ca_secret="clients")
    names = made.pop("serverAltDNSNames")
    assert names == _certificates()["serverAltDNSNames"]
    assert made == {"serverCASecret": "ca", "clientCASecret": "clients"}


def test_each_generation_has_the_same_certificates() -> None:
    own = own_certificates(server_tls_secret="tls")
    spec = database(certificates=own, generations=[restore(), restore(source=2)], active=2)
    made = [cluster_spec(spec, it)["certificates"] for it in spec.lineage]
    assert made == [{"serverTLSSecret": "tls", "serverCASecret": "tls"}] * 3


def test_a_clone_has_those_of_cloudnative_pg() -> None:
    own = own_certificates(server_tls_secret="tls", client_ca_secret="clients")
    made = environment(databases={"n8n": database(certificates=own)})
    *_, cluster = owned(clones.wanted_clone(made, "n8n", Target()), "uid", {})
    assert "certificates" not in cluster["spec"]


def test_the_scratch_cluster_of_a_drill_has_those_of_cloudnative_pg() -> None:
    own = own_certificates(server_tls_secret="own-tls", client_ca_secret="own-clients")
    jobs = [
        str(it)
        for it in declared(environment(databases={"n8n": database(certificates=own)})).manifests()
        if it["metadata"].get("namespace") == "tier0-drills"
    ]
    assert jobs
    assert not [it for it in jobs if "own-tls" in it or "own-clients" in it]


@pytest.mark.parametrize(
    ("given", "keys"),
    [
        ({"server_tls_secret": "a"}, {"a": {"ca.crt", "tls.crt", "tls.key"}}),
        (
            {"server_tls_secret": "a", "server_ca_secret": "b"},
            {"a": {"tls.crt", "tls.key"}, "b": {"ca.crt"}},
        ),
        ({"server_ca_secret": "b"}, {"b": {"ca.crt", "ca.key"}}),
        ({"client_ca_secret": "c"}, {"c": {"ca.crt", "ca.key"}}),
    ],
)
def test_each_secret_is_required_with_what_cloudnative_pg_reads(
    given: dict[str, str], keys: dict[str, set[str]]
) -> None:
    own = own_certificates(**given)
    found = required(environment(databases={"n8n": database(certificates=own)}))
    assert {it.name: it.keys for it in found if it.name in keys} == keys


def test_the_names_that_clients_use_are_said_with_the_secret() -> None:
    own = own_certificates(server_tls_secret="a")
    spec = database(certificates=own, pooler=valid.pooler())
    (found,) = (it for it in required(environment(databases={"n8n": spec})) if it.name == "a")
    assert found.purpose == (
        "databases.n8n.certificates.server_tls_secret with n8n-postgres.n8n-prod.svc, "
        "n8n-postgres-pooler-rw.n8n-prod.svc"
    )
