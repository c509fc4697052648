"""Addresses as RFC 3986 has them: names, IPv4 and IPv6."""

import pytest
from pydantic import TypeAdapter, ValidationError

from components.spec.addresses import store_of
from components.spec.words import HttpsUrl, Image
from stacks.check.rules.hosts import in_cluster, is_short, like_a_service, without_public_ca
from tests import valid
from tests.support import declared, faults

URL: TypeAdapter[str] = TypeAdapter(HttpsUrl)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://s3.example.org", "https://s3.example.org"),
        ("https://s3.example.org/", "https://s3.example.org"),
        ("https://S3.Example.org:9000/", "https://s3.example.org:9000"),
        ("HTTPS://s3.example.org", "https://s3.example.org"),
        ("https://10.0.0.9:9000", "https://10.0.0.9:9000"),
        ("https://[2001:db8:5::9]", "https://[2001:db8:5::9]"),
        ("https://[2001:DB8:5:0:0:0:0:9]:9000/", "https://[2001:db8:5::9]:9000"),
        ("https://nas:9000", "https://nas:9000"),
    ],
)
def test_an_address_is_kept_in_its_normal_form(written: str, kept: str) -> None:
    assert URL.validate_python(written) == kept
    assert URL.validate_python(kept) == kept


@pytest.mark.parametrize(
    ("url", "store"),
    [
        ("https://S3.example.org.", ("s3.example.org", 443)),
        ("https://s3.example.org:9000", ("s3.example.org", 9000)),
        ("https://[2001:db8:5::9]:9000", ("2001:db8:5::9", 9000)),
        ("https://s3.amazonaws.com", ("amazonaws.com", 443)),
        ("https://s3-eu-west-1.amazonaws.com", ("amazonaws.com", 443)),
        ("https://s3.dualstack.eu-west-1.amazonaws.com", ("amazonaws.com", 443)),
        ("https://bucket.vpce-1a.s3.eu-west-1.vpce.amazonaws.com", ("amazonaws.com", 443)),
        ("https://s3.cn-north-1.amazonaws.com.cn", ("amazonaws.com.cn", 443)),
        (
            "https://ec2-1.eu-west-1.compute.amazonaws.com",
            ("ec2-1.eu-west-1.compute.amazonaws.com", 443),
        ),
        ("https://s3.example-amazonaws.com", ("s3.example-amazonaws.com", 443)),
    ],
)
def test_a_store_is_one_at_each_of_its_addresses(url: str, store: tuple[str, int]) -> None:
    """A machine of AWS with a store of its own is another one."""
    assert store_of(url) == store


@pytest.mark.parametrize(
    "written",
    [
        "https://",
        "https://[]",
        "https://[fe80::1%25eth0]",
        "https://[10.0.0.9]",
        "https://s3.example.org//",
        "https://s3.example.org:0",
        "https://s3.example.org:",
        "https://s3.example.org#copies",
        "https://10.0.0",
    ],
)
def test_what_is_no_address_of_a_store_is_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        URL.validate_python(written)


def test_a_password_in_an_address_is_not_repeated() -> None:
    with pytest.raises(ValidationError) as refused:
        URL.validate_python("https://admin:geheim@s3.example.org")
    assert "geheim" not in refused.value.errors()[0]["msg"]


def test_a_store_at_an_ipv6_address_is_used_as_it_is_written() -> None:
    spec = valid.environment(
        offsite=valid.offsite(endpoint="https://[2001:db8:5::9]:9000", ca_secret="nas-ca")
    )
    assert faults(spec) == []
    assert spec.offsite
    assert (spec.offsite.host, spec.offsite.port) == ("2001:db8:5::9", 9000)
    objects = {
        (it["kind"], it["metadata"]["name"]): it["spec"]
        for it in declared(spec).manifests()
        if "spec" in it
    }
    store = objects["ObjectStore", "n8n-postgres-offsite"]["configuration"]
    assert store["endpointURL"] == "https://[2001:db8:5::9]:9000"
    egress = objects["NetworkPolicy", "databases"]["egress"]
    assert {"ports": [{"port": 9000, "protocol": "TCP"}]} in egress
    (pod,) = objects["Deployment", "n8n-postgres-offsite"]["template"]["spec"]["containers"]
    assert "https://[2001:db8:5::9]:9000" in str(pod["command"])


def test_where_a_host_is_follows_from_its_address_or_name() -> None:
    assert in_cluster("::1")
    assert in_cluster("127.0.0.1")
    assert in_cluster("minio.minio.svc")
    assert in_cluster("minio.minio.svc.cluster.local.")
    assert in_cluster("MinIO.minio.SVC")
    assert in_cluster("::ffff:127.0.0.1")
    assert in_cluster("::")
    assert not in_cluster("notlocalhost.example.org")
    assert not in_cluster("files.svc.example.org")
    assert not in_cluster("nas")
    assert not in_cluster("2001:db8::9")
    assert is_short("nas")
    assert not is_short("2001:db8::9")
    assert without_public_ca("fd00::9")
    assert without_public_ca("nas")
    assert without_public_ca("100.127.0.1")
    assert without_public_ca("nas.lan.")
    assert not without_public_ca("100.128.0.1")
    assert not without_public_ca("2606:4700::1111")
    assert not without_public_ca("s3.example.org")


@pytest.mark.parametrize(
    ("host", "like"),
    [
        ("minio", True),
        ("minio.minio", True),
        ("minio.backup", True),
        ("minio.backup.", False),  # a pod takes it as it is
        ("minio.example", False),
        ("s3.backup.example", False),
        ("backup.s3.example.org", False),
        ("10.0.0.5", False),
        ("fd00::5", False),
    ],
)
def test_a_name_like_a_services_is_looked_for_in_the_cluster(host: str, like: bool) -> None:  # noqa: FBT001 - a row
    assert bool(like_a_service(host, {"backup"})) is like


def test_a_registry_and_a_repository_may_have_an_ipv6_address() -> None:
    image = "[fd00::5]:5000/postgresql:17.6-system-trixie"
    assert TypeAdapter(Image).validate_python(image) == image
    repository = "ssh://git@[fd00::5]:2222/home/lab.git"
    assert faults(valid.environment(gitops=valid.gitops(repository=repository))) == []
