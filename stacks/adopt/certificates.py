"""What a Cluster says of its certificates."""

from collections.abc import Collection
from typing import Any

from components.postgres.certificates import DatabaseCertificatesSpec
from stacks.adopt.document import Fields

_SECRETS = {
    "serverTLSSecret": "server_tls_secret",
    "serverCASecret": "server_ca_secret",
    "clientCASecret": "client_ca_secret",
}


def certificates(cluster: Fields, known: Collection[str]) -> dict[str, Any]:
    """Read the Secrets with certificates that are made elsewhere, and names besides the *known*."""
    given, made = cluster.inside("certificates"), dict[str, Any]()
    for field, name in _SECRETS.items():
        if found := given.text(field):
            made[name] = found
    if made.get("server_ca_secret") == made.get("server_tls_secret"):
        made.pop("server_ca_secret", None)  # that is where it is by default
    if "client_ca_secret" in made:
        given.fill_in(
            ("clientCASecret",),
            "must have the CA's ca.key too, by which CloudNativePG issues certificates of pools "
            "and drills; cert-manager has it as tls.key",
        )
    if given.at("replicationTLSSecret") is not None:
        given.kept_out(
            ("replicationTLSSecret",), "CloudNativePG issues it by the CA of clients, and renews it"
        )
    document = cluster.document
    own = f"{document.name}.{document.namespace}.svc"
    known = {own, f"{own}.cluster.local", *known}
    names = dict.fromkeys(given.texts("serverAltDNSNames"))
    if hosts := [it for it in names if it not in known]:
        made["hosts"] = hosts
    return {"certificates": DatabaseCertificatesSpec(**made)} if made else {}
