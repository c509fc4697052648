"""The certificates of a database, where they are not CloudNativePG's own."""

from collections.abc import Iterator, Sequence
from typing import Any

from components.spec import Spec
from components.spec.rule import Fault, rule
from components.spec.words import HostName, Name


class DatabaseCertificatesSpec(Spec):
    """Certificates of a database that are made elsewhere, as Secrets in its namespace.

    CloudNativePG makes and renews all others. With the label `cnpg.io/reload` on a Secret its
    instances read a new value at once, without a restart. Each generation has the same ones; a
    clone to look into and a drill have CloudNativePG's own, as clients reach them by other names.
    Replicas log in by a certificate that CloudNativePG issues (`replicationTLSSecret` has no word).
    """

    hosts: Sequence[HostName] = ()
    """Further host names in the server's certificate, for what leads to the database without ending
    TLS, like a TCP route of yours."""

    server_tls_secret: Name | None = None
    """Secret of type `kubernetes.io/tls` with the server's `tls.crt` and `tls.key`, like
    cert-manager's. Its certificate must have every host name that clients use; `python -m stacks
    secrets` prints them. Nothing here writes it. None: CloudNativePG issues the certificate."""

    server_ca_secret: Name | None = None
    """Secret whose `ca.crt` clients verify the server by. Without `server_tls_secret` it has the
    CA's `ca.key` too, an ECDSA key that begins with 'BEGIN EC PRIVATE KEY', and CloudNativePG
    issues the certificate by it. None: `ca.crt` in `server_tls_secret`, as cert-manager writes it,
    or else a CA that CloudNativePG makes."""

    client_ca_secret: Name | None = None
    """Secret whose `ca.crt` signed the certificates of clients that log in by one. It has the CA's
    `ca.key` too, as above: by it CloudNativePG issues those of replicas, pools and drills. None: a
    CA that CloudNativePG makes."""

    @property
    def server_ca(self) -> str | None:
        """The Secret whose `ca.crt` clients verify the server by; None: that of each Cluster."""
        return self.server_ca_secret or self.server_tls_secret

    @property
    def makes_ca(self) -> bool:
        """Whether CloudNativePG makes a CA for each Cluster."""
        return not (self.server_ca and self.client_ca_secret)

    @property
    def secrets(self) -> list[tuple[str, str, frozenset[str]]]:
        """The Secrets that must exist: the field of each, its name and its keys."""
        issuer = frozenset({"ca.crt", "ca.key"})
        certificate = frozenset({"tls.crt", "tls.key"})
        own = self.server_ca_secret in {None, self.server_tls_secret}
        with_ca = certificate | {"ca.crt"} if own else certificate
        server_ca = frozenset({"ca.crt"}) if self.server_tls_secret else issuer
        found = [
            ("server_tls_secret", self.server_tls_secret, with_ca),
            ("server_ca_secret", self.server_ca_secret, server_ca),
            ("client_ca_secret", self.client_ca_secret, issuer),
        ]
        return [(field, secret, keys) for field, secret, keys in found if secret]

    @rule("spec")
    def certificate_of_a_secret_has_its_names(self) -> Iterator[Fault]:
        """No name is added to a certificate that is made elsewhere.

        CloudNativePG refuses it (cluster_webhook.go, validateCerts, v1.30.0).
        """
        if self.server_tls_secret and self.hosts:
            yield Fault(
                f"CloudNativePG does not issue the certificate in '{self.server_tls_secret}'; have "
                "it issued with them, and leave them out",
                ("hosts",),
            )


def certificates(spec: DatabaseCertificatesSpec, names: Sequence[str]) -> dict[str, Any]:
    """Return the part of `Cluster.spec` with its certificates; *names* are what clients use."""
    made: dict[str, Any] = {}
    if spec.server_tls_secret:
        made["serverTLSSecret"] = spec.server_tls_secret
    else:
        made["serverAltDNSNames"] = [*names, *spec.hosts]
    if spec.server_ca:
        made["serverCASecret"] = spec.server_ca
    if spec.client_ca_secret:
        made["clientCASecret"] = spec.client_ca_secret
    return {"certificates": made}
