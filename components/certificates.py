"""The private root CA, its issuers, certificates, and the CA as a Secret per namespace.

Leaves hang directly under the root: with an intermediate, cert-manager writes the intermediate
as `ca.crt` and barman fails with "unable to get issuer certificate" (plugin-barman-cloud #446).
ACME is not for these names: no public CA signs `*.svc`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import pulumi

from components.kube import Component, Object, when_ready
from components.kube.change import Change
from components.spec import Spec
from components.spec.rule import Fault, obeys, rule
from components.spec.words import Duration, HostName, Name, seconds

_API = "cert-manager.io/v1"

SELF_SIGNED = "tier0-selfsigned"
ROOT = "tier0-root-ca"
ISSUER = "tier0-ca"
ROOT_LIFETIME: Duration = "3650d"
TRUST_LIFETIME: Duration = "365d"


class CertificatesSpec(Spec):
    """The private certificate authority."""

    namespace: Name = "cert-manager"
    """cert-manager's cluster resource namespace: where a ClusterIssuer's CA Secret must be."""


@rule("value", was="T201")
def certificate_lasts_an_hour(value: str) -> Iterator[Fault]:
    """A certificate lasts at least an hour.

    cert-manager refuses less (apis/certmanager/v1, MinimumCertificateDuration).
    """
    if seconds(value) < seconds("1h"):
        yield Fault(f"'{value}' is below cert-manager's minimum; write at least '1h'")


class CertificateSpec(Spec):
    """A server certificate from the private CA."""

    name: Name
    """Name of the Certificate."""

    secret: Name
    """Name of the Secret that cert-manager writes: `tls.crt`, `tls.key`, `ca.crt`."""

    duration: Annotated[Duration, obeys(certificate_lasts_an_hour)] = "365d"
    """Lifetime. cert-manager renews when a third of it is left."""

    hosts: Sequence[HostName] = ()
    """Further host names in the certificate, for clients outside the cluster; a load balancer or
    TCP route of yours leads them to the gateways, without ending TLS. A change is a new
    certificate, and restarts the gateways, one at a time."""


@dataclass(frozen=True, kw_only=True)
class Ca:
    """A CA certificate, as a Secret in the namespace of its readers."""

    secret: pulumi.Input[str]
    key: str = "ca.crt"


class Issuers(Component):
    """The private root CA and the ClusterIssuer that signs with it."""

    issuer: pulumi.Output[str]
    """Name of the ClusterIssuer."""

    def __init__(
        self,
        name: str,
        spec: CertificatesSpec,
        *,
        keep: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("tier0:certificates:Issuers", name, opts=opts)
        self_signed = Object(
            f"{name}-self-signed",
            parent=self,
            api_version=_API,
            kind="ClusterIssuer",
            name=SELF_SIGNED,
            spec={"selfSigned": {}},
        )
        root = Object(
            f"{name}-root",
            parent=self,
            api_version=_API,
            kind="Certificate",
            name=ROOT,
            namespace=spec.namespace,
            spec=root_certificate(self_signed.name),
            keep=keep,
        )
        issuer = Object(
            f"{name}-ca",
            parent=self,
            api_version=_API,
            kind="ClusterIssuer",
            name=ISSUER,
            spec={"ca": {"secretName": when_ready(root, ROOT)}},
        )
        self.issuer = issuer.name


def certificate(
    name: str,
    spec: CertificateSpec,
    *,
    parent: pulumi.Resource,
    namespace: pulumi.Input[str],
    dns_names: Sequence[str],
    issuer: pulumi.Input[str],
) -> pulumi.Output[str]:
    """Declare a server certificate; return the name of its Secret, once it is issued."""
    made = Object(
        f"{name}-certificate",
        parent=parent,
        api_version=_API,
        kind="Certificate",
        name=spec.name,
        namespace=namespace,
        spec=server_certificate(spec, dns_names, issuer),
    )
    return when_ready(made, spec.secret)


def trusted_ca(
    name: str, *, parent: pulumi.Resource, namespace: pulumi.Input[str], issuer: pulumi.Input[str]
) -> Ca:
    """Publish the private CA as a Secret in *namespace*, by a certificate that is never served.

    barman reads its CA from a Secret in the database's own namespace, never from a ConfigMap, so a
    trust-manager bundle does not fit. The Secret's `ca.crt` is the root.
    """
    made = Object(
        f"{name}-ca",
        parent=parent,
        api_version=_API,
        kind="Certificate",
        name=ISSUER,
        namespace=namespace,
        spec=trust_certificate(issuer),
    )
    return Ca(secret=when_ready(made, ISSUER))


def _issued_by(issuer: pulumi.Input[str]) -> dict[str, Any]:
    return {"name": issuer, "kind": "ClusterIssuer", "group": "cert-manager.io"}


def _go(duration: str) -> str:
    """Return *duration* as cert-manager reads it: Go knows no days."""
    hours, rest = divmod(seconds(duration), 3600)
    return f"{seconds(duration)}s" if rest else f"{hours}h"


def root_certificate(issuer: pulumi.Input[str]) -> Mapping[str, Any]:
    """Return the root's `Certificate.spec`.

    Its key never changes: cert-manager re-issues no leaf when its issuer changes, so a new key
    (the default since 1.18) would split trust until each leaf happens to renew.
    """
    return {
        "isCA": True,
        "commonName": ROOT,
        "secretName": ROOT,
        "duration": _go(ROOT_LIFETIME),
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Never"},
        "issuerRef": _issued_by(issuer),
    }


def server_certificate(
    spec: CertificateSpec, dns_names: Sequence[str], issuer: pulumi.Input[str]
) -> Mapping[str, Any]:
    """Return a server's `Certificate.spec`."""
    return {
        "secretName": spec.secret,
        "dnsNames": list(dns_names),
        "duration": _go(spec.duration),
        "privateKey": {"rotationPolicy": "Always"},
        "usages": ["digital signature", "key encipherment", "server auth"],
        "issuerRef": _issued_by(issuer),
    }


def trust_certificate(issuer: pulumi.Input[str]) -> Mapping[str, Any]:
    """Return the `Certificate.spec` whose Secret carries the CA; its own key serves nothing."""
    return {
        "secretName": ISSUER,
        "commonName": ISSUER,
        "duration": _go(TRUST_LIFETIME),
        "privateKey": {"rotationPolicy": "Always"},
        "usages": ["digital signature"],
        "issuerRef": _issued_by(issuer),
    }


@dataclass(frozen=True)
class CertificateChange(Change):
    """A change of a Certificate."""


@rule("consequence", of=CertificateChange)
def clients_know_the_certificates_names(change: CertificateChange) -> Iterator[Fault]:
    """A name that leaves a certificate is refused by the clients that use it.

    They verify the name (RFC 9525); another site's off-site copy is one of them.
    """
    before, after = change.values("spec", "dnsNames")
    if isinstance(before, Sequence) and isinstance(after, Sequence):
        for name in before:
            if name not in after:
                yield Fault(
                    f"clients that reach the server as {name} refuse its next certificate; have "
                    f"them use {after[0] if after else 'another name'} first",
                    ("spec", "dnsNames"),
                )
