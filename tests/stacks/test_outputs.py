"""What other stacks read is what this one exports."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.runtime import mocks

from stacks.check import load
from stacks.outputs import Database, PlatformOutputs
from tests import valid
from tests.support import declared

HOMELAB = declared(load("homelab")).outputs


class _Reference(mocks.Mocks):
    """A stack reference that yields what homelab exported."""

    def __init__(self, outputs: Mapping[str, Any]) -> None:
        self.outputs = outputs

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        return args.name, {"outputs": self.outputs}

    def call(self, _: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        return {}, None


def _read(pick: Any) -> Any:
    found: list[Any] = []
    mocks.set_mocks(_Reference(HOMELAB), project="consumer", stack="test")

    def program() -> pulumi.Output[None]:
        platform = PlatformOutputs.of(pulumi.StackReference("organization/tier0/homelab"))
        read: pulumi.Output[None] = pick(platform).apply(found.append)
        return read

    pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]
    return found[0]


def test_a_consumer_reads_where_a_database_is() -> None:
    assert _read(lambda platform: platform.database("n8n")) == Database(
        namespace="n8n-prod",
        host="n8n-postgres.n8n-prod.svc",
        port=5432,
        database="n8n",
        credentials_secret="n8n-postgres-app",
        ca_secret="n8n-postgres-ca",
        server_name="n8n-postgres",
        bucket="n8n-postgres-backups",
        bucket_secret="n8n-postgres-backup-s3",
        s3_ca_secret="tier0-ca",
        backup_schedule="0 2 * * *",
    )


def test_a_ca_that_is_made_elsewhere_is_the_one_that_clients_are_told() -> None:
    own = valid.own_certificates(server_tls_secret="n8n-tls")
    made = declared(valid.homelab({"databases.n8n.certificates": own})).outputs
    assert made["databases"]["n8n"]["ca_secret"] == "n8n-tls"


def test_a_consumer_reads_the_object_stores_endpoint() -> None:
    assert _read(lambda platform: platform.s3_endpoint) == (
        "https://rook-ceph-rgw-homelab-objectstore.rook-ceph.svc:443"
    )
