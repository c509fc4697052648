"""A superuser, registries and Services for clients outside are declared, or said."""

from typing import Any

from stacks.check import judged
from tests.stacks.adopt.cases import adopted, cluster, said


def _service(name: str, annotations: dict[str, str], **spec: Any) -> dict[str, Any]:
    template = {"metadata": {"name": name, "annotations": annotations}, "spec": spec}
    return {"selectorType": "rw", "updateStrategy": "patch", "serviceTemplate": template}


def test_a_superuser_who_logs_in_still_does_and_the_reason_is_yours() -> None:
    made = adopted(cluster(enableSuperuserAccess=True, superuserSecret={"name": "root"}))
    database = judged(made.environment).databases["orders"]
    assert (database.superuser_access, database.superuser_secret) == (True, "root")
    assert "[superuser-stays-inside]; it is waived until 2027-02-28: write why" in (
        said(made, "fill in")
    )


def test_a_superusers_secret_may_hold_the_keys_of_archives_and_be_that_of_two_clusters() -> None:
    one, two = (
        cluster(name, enableSuperuserAccess=True, superuserSecret={"name": "s3"})
        for name in ("orders", "wiki")
    )
    databases = judged(adopted(one, two).environment).databases
    assert [it.superuser_secret for it in databases.values()] == ["s3", "s3"]


def test_the_secrets_that_cloudnative_pg_looks_for_anyway_need_no_field() -> None:
    made = adopted(
        cluster(
            enableSuperuserAccess=True,
            superuserSecret={"name": "orders-superuser"},
            bootstrap={"initdb": {"secret": {"name": "orders-app"}}},
        )
    )
    database = judged(made.environment).databases["orders"]
    assert (database.superuser_secret, database.owner_secret) == (None, None)
    assert "Secret" not in said(made, "kept out")


def test_a_superusers_secret_that_is_not_read_is_said() -> None:
    made = adopted(cluster(superuserSecret={"name": "root"}))
    assert not judged(made.environment).databases["orders"].superuser_access
    assert "spec.superuserSecret: is not read while enableSuperuserAccess is off" in (
        said(made, "kept out")
    )


def test_secrets_of_registries_are_declared() -> None:
    made = adopted(cluster(imagePullSecrets=[{"name": "registry"}]))
    assert judged(made.environment).databases["orders"].image_pull_secrets == ["registry"]


def test_a_service_for_clients_outside_is_declared_under_another_name() -> None:
    named = {"external-dns.alpha.kubernetes.io/hostname": "orders.example.org"}
    ranges = ["192.0.2.0/24"]
    service = _service("orders-lb", named, type="LoadBalancer", loadBalancerSourceRanges=ranges)
    made = adopted(cluster(managed={"services": {"additional": [service]}}))
    ((name, found),) = judged(made.environment).databases["orders"].load_balancers.items()
    assert (name, found.hosts, found.source_ranges) == (
        "orders-lb-outside",
        ["orders.example.org"],
        ranges,
    )
    assert found.annotations == named
    assert "'orders-lb' becomes 'orders-lb-outside', as CloudNativePG deletes" in (
        said(made, "changed")
    )


def test_a_service_without_ranges_lets_in_anybody_and_that_is_said() -> None:
    service = _service("orders-lb", {}, type="LoadBalancer")
    names = {"serverAltDNSNames": ["orders.example.org"]}
    made = adopted(cluster(certificates=names, managed={"services": {"additional": [service]}}))
    (found,) = judged(made.environment).databases["orders"].load_balancers.values()
    assert (found.hosts, found.source_ranges) == (["orders.example.org"], ["0.0.0.0/0"])
    assert "loadBalancerSourceRanges: are not there, so anybody may connect" in (
        said(made, "fill in")
    )


def test_a_service_that_cannot_be_said_is_named() -> None:
    services = [_service("a", {}, type="LoadBalancer"), _service("b", {}, type="NodePort")]
    made = adopted(cluster(managed={"services": {"additional": services}}))
    assert not judged(made.environment).databases["orders"].load_balancers
    lines = said(made, "kept out")
    assert (
        "additional[0]: is deleted by CloudNativePG with the entry; `load_balancers` needs" in lines
    )
    assert (
        "additional[1]: is deleted by CloudNativePG with the entry; `load_balancers` has" in lines
    )
