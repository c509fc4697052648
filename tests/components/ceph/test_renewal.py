"""What restarts the gateways may change their Deployment, has no key, and needs only Python."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from components.ceph.object_store import KmsSpec
from components.pods import renewal as renewal_pod
from stacks.check import load
from tests import valid
from tests.support import declared


def _found(kind: str) -> Mapping[str, Any]:
    manifests = declared(load("homelab")).manifests()
    return next(one for one in manifests if one["kind"] == kind)


def test_it_may_change_the_gateways_deployment_and_nothing_else() -> None:
    assert _found("Role")["rules"] == [
        {
            "apiGroups": ["apps"],
            "resources": ["deployments"],
            "resourceNames": ["rook-ceph-rgw-homelab-objectstore-a"],
            "verbs": ["patch"],
        }
    ]


@pytest.mark.parametrize(
    ("kms", "secrets"),
    [
        (valid.kms(), ["bao-token"]),
        (valid.kms(ca_secret="bao-ca"), ["bao-token", "bao-ca"]),
        (None, []),
    ],
)
def test_it_may_read_the_secrets_of_the_kms_by_name_and_no_other(
    kms: KmsSpec | None, secrets: list[str]
) -> None:
    manifests = declared(
        valid.environment(
            disposable=True, object_store=valid.object_store(namespace="ceph", kms=kms)
        )
    ).manifests()
    role, pod = (
        next(one for one in manifests if (one["kind"], one["metadata"]["name"]) == wanted)
        for wanted in (("Role", "s3-renewal"), ("Deployment", "s3-renewal"))
    )
    rights = [rule for rule in role["rules"] if "secrets" in rule["resources"]]
    assert [(rule["resourceNames"], rule["verbs"]) for rule in rights] == (
        [(secrets, ["get"])] if secrets else []
    )
    (container,) = pod["spec"]["template"]["spec"]["containers"]
    assert container["command"][5:] == [f"/api/v1/namespaces/ceph/secrets/{one}" for one in secrets]
    # None of them is a file in the pod.
    (volume,) = pod["spec"]["template"]["spec"]["volumes"]
    assert volume["secret"]["secretName"] == "s3-tls"


def test_it_has_the_served_certificate_without_its_key() -> None:
    (volume,) = _found("Deployment")["spec"]["template"]["spec"]["volumes"]
    gateway = _found("CephObjectStore")["spec"]["gateway"]
    assert volume["secret"] == {
        "secretName": gateway["sslCertificateRef"],
        "items": [{"key": "tls.crt", "path": "tls.crt"}],
    }


def test_what_runs_needs_nothing_but_python() -> None:
    source = Path(renewal_pod.__file__).read_text(encoding="utf-8")
    (container,) = _found("Deployment")["spec"]["template"]["spec"]["containers"]
    assert container["command"][:3] == ["python3", "-c", source]
    assert "import components" not in source
    assert "from components" not in source
