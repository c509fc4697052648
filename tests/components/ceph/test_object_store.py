"""The object store: who its certificate vouches for, and which address buckets are given."""

from collections.abc import Mapping
from typing import Any

from components.ceph.object_store import ceph_object_store
from tests import valid
from tests.support import declared

SERVICE = "rook-ceph-rgw-s3.rook-ceph.svc"


def _manifests(*hosts: str) -> Mapping[str, Mapping[str, Any]]:
    environment = valid.environment(
        object_store=valid.object_store(certificate=valid.certificate(hosts=[*hosts]))
    )
    found = declared(environment).manifests()
    return {f"{one['kind']} {one['metadata']['name']}": one for one in found}


def test_the_certificate_vouches_for_the_service_first_and_for_no_other_name() -> None:
    named = _manifests()["Certificate s3-tls"]["spec"]["dnsNames"]
    assert named == [SERVICE, f"{SERVICE}.cluster.local"]


def test_the_certificate_vouches_for_names_outside_the_cluster_too() -> None:
    made = _manifests("s3.site-b.example.org", "archive")
    named = made["Certificate s3-tls"]["spec"]["dnsNames"]
    assert named == [SERVICE, f"{SERVICE}.cluster.local", "s3.site-b.example.org", "archive"]


def test_databases_reach_the_store_by_its_service_whatever_its_other_names() -> None:
    made = _manifests("s3.site-b.example.org")
    archive = made["ObjectStore n8n-postgres"]["spec"]["configuration"]
    assert archive["endpointURL"] == f"https://{SERVICE}:443"
    # With names in `hosting` a gateway takes any other host for a bucket's (Rook 1.17.9,
    # object/spec.go, addDNSNamesToRGWServer), and below Ceph 18 the store is never ready.
    assert "hosting" not in made["CephObjectStore s3"]["spec"]


def test_users_in_other_namespaces_are_accepted_where_they_are_named_only() -> None:
    def made(*users: str) -> Mapping[str, Any]:
        spec = valid.object_store()
        return ceph_object_store(spec, "s3-tls", placement={}, keep=True, users=users)

    assert made("drills")["allowUsersInNamespaces"] == ["drills"]
    assert "allowUsersInNamespaces" not in made()


def test_gateways_wait_an_hour_for_a_client_that_stalls_and_keep_what_rook_says_of_their_port() -> (
    None
):
    gateway = _manifests()["CephObjectStore s3"]["spec"]["gateway"]
    assert gateway["rgwCommandFlags"] == {
        "rgw_frontend_defaults": "beast request_timeout_ms=3600000"
    }
    # With `rgw frontends` Rook's own, with the port and the certificate, would be replaced; what is
    # in `rgwConfig` a gateway that runs does not read (Rook 1.17.9, object/spec.go; Ceph 18).
    assert not gateway.keys() & {"rgwConfig", "rgwConfigFromSecret"}
