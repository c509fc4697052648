"""Secrets that are used in two ways, and may be."""

from typing import Any

import pytest

from stacks.check.rules import required
from tests import valid

SHOP: dict[str, Any] = {"databases.shop": valid.database("shop", namespace="n8n-prod")}
"""Another database, in the same namespace."""


def _importing(**changes: str) -> dict[str, Any]:
    return {"databases.n8n.import_from": valid.importing(**changes)}


def _certificates(**changes: str) -> dict[str, Any]:
    return {"databases.n8n.certificates": valid.own_certificates(**changes)}


@pytest.mark.parametrize(
    "changes",
    [
        SHOP | _importing(password_secret="shop-postgres-app", ca_secret="shop-postgres-ca"),
        _importing(password_secret="login") | {"databases.n8n.owner_secret": "login"},
        _importing(password_secret="source", ca_secret="source"),
        _certificates(server_tls_secret="n8n-tls", client_ca_secret="ca")
        | _importing(ca_secret="n8n-tls"),
        _certificates(server_tls_secret="tls", server_ca_secret="tier0-ca"),
        _certificates(server_ca_secret="ca", client_ca_secret="ca"),
    ],
    ids=[
        "login of another database as the source's",
        "password of the owner as the source's",
        "password and CA of the source",
        "CA of the source next to a certificate",
        "private CA that signed a certificate",
        "CA of servers and clients",
    ],
)
def test_one_secret_may_be_used_in_two_ways(changes: dict[str, Any]) -> None:
    assert valid.homelab(changes).databases


def test_what_cloudnativepg_writes_for_a_source_need_not_be_made() -> None:
    changes = SHOP | _importing(password_secret="shop-postgres-app", ca_secret="shop-postgres-ca")
    named = {secret.name for secret in required.required(valid.homelab(changes))}
    assert named.isdisjoint({"shop-postgres-app", "shop-postgres-ca"})
