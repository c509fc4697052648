"""Ceph object storage (RGW) over HTTPS.

HTTPS is the only port: with `port` left out, RGW opens no HTTP listener and the Service has none
(Rook config.go and spec.go).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi
from pydantic import Field

from components import kube
from components.ceph.buckets import bucket_class
from components.ceph.cluster import Ceph
from components.ceph.daemons import DaemonSpec, half_reserved
from components.ceph.renewal import restart_on_renewal
from components.ceph.written import without_false
from components.certificates import CertificateSpec, certificate
from components.kube import Component, Object
from components.s3 import Rook, Store
from components.spec import Spec
from components.spec.rule import Fault, rule
from components.spec.words import HttpsUrl, Image, Name, StoreName

PORT = 443

STALL_SECONDS = 3600
"""How long a client of the gateways may stall within one request.

Without it 65 s: a gateway closes a connection that takes none of the next 4 MiB for so long
(Ceph, rgw_asio_frontend.cc, StreamIO::write_data; measured). Barman restores a base backup out of
one request for each of its archives, and begins a cut one no second time. An hour outlasts a
volume that stalls; the connection of a client that is gone ends within TCP's own quarter of an
hour.
"""


class KmsSpec(Spec):
    """A key management service for SSE-S3: HashiCorp Vault or OpenBao, transit engine at `transit`.

    Rook looks for it nowhere else (1.17.9, object/spec.go, sseS3VaultTokenOptions).

    Without a KMS Ceph cannot encrypt objects: Reef answers 400 InvalidArgument to AES256, Pacific
    answers 200 and stores plaintext (both measured).
    """

    address: HttpsUrl
    """The service's address."""

    token_secret: Name
    """Secret in the object store's namespace; its key `token` may use the transit engine. The token
    must be periodic, and something outside tier0 must renew it (docs/runbooks/kms-token.md). If the
    Secret changes, the gateways restart, one at a time; the same holds for `ca_secret`."""

    ca_secret: Name | None = None
    """Secret in the object store's namespace; its key `cert` holds the CA that signed the service's
    certificate. None: a public CA signed it."""

    @property
    def secrets(self) -> list[str]:
        """Names of the Secrets that gateways read."""
        return [self.token_secret] + ([self.ca_secret] if self.ca_secret else [])


class ObjectStoreSpec(Spec):
    """An S3 service in a Ceph cluster managed by Rook, over HTTPS."""

    name: StoreName
    """Name of the CephObjectStore."""

    namespace: Name = "rook-ceph"
    """Namespace of the Rook operator and its Ceph cluster."""

    certificate: CertificateSpec
    """The gateways' certificate; its DNS names follow from the store's name."""

    gateways: int = Field(default=2, ge=1, le=16)
    """Number of gateways. Two: archiving continues while one restarts."""

    resources: DaemonSpec = DaemonSpec(cpu="1", memory="2Gi")
    """CPU and memory of each gateway; half of the memory is reserved. A change restarts the
    gateways, one at a time. Every WAL segment passes through them."""

    copies: int = Field(default=3, ge=1, le=5)
    """Copies of each object, on different hosts."""

    image: Image = "quay.io/ceph/ceph:v18.2.7"
    """Ceph's image, for the pod that restarts the gateways when their certificate is renewed. With
    the image of the Ceph cluster, no node pulls another. If `storage` is declared, its image is
    used."""

    kms: KmsSpec | None = None
    """Enables encryption at rest (AES256); none means that objects are stored as sent."""

    bucket_policies: bool = False
    """Whether a Rook operator that tier0 does not install allows `bucketPolicy` in claims; by
    default Rook does not. Its setting `ROOK_OBC_ALLOW_ADDITIONAL_CONFIG_FIELDS` must have it first,
    as `maxObjects,maxSize,bucketPolicy`: else a new claim stays unbound, and an existing one works
    but its quota changes no more. One that tier0 installs allows it."""

    @property
    def service(self) -> str:
        """Name of Rook's Service; the name of the gateways' Deployment begins with it."""
        return f"rook-ceph-rgw-{self.name}"

    @property
    def host(self) -> str:
        """The host name that clients use, which must be in the certificate."""
        return f"{self.service}.{self.namespace}.svc"

    @property
    def internal_hosts(self) -> list[str]:
        """The host names of its Service, first the one that clients use."""
        return [self.host, f"{self.host}.cluster.local"]

    @property
    def address(self) -> str:
        """The S3 address."""
        return f"https://{self.host}:{PORT}"

    @property
    def storage_class(self) -> str:
        """Name of the StorageClass of its buckets."""
        return f"{self.name}-bucket"

    @rule("spec")
    def host_names_are_listed_once(self) -> Iterator[Fault]:
        """Each further host name of the certificate is new.

        The names of the Service are in it already.
        """
        known = self.internal_hosts
        for host in self.certificate.hosts:
            if host in known:
                yield Fault(
                    f"'{host}' is in the certificate already; leave it out",
                    ("certificate", "hosts"),
                )
            known.append(host)


class ObjectStore(Component):
    """A CephObjectStore with its certificate, and the StorageClass of its buckets."""

    store: Store

    def __init__(
        self,
        name: str,
        spec: ObjectStoreSpec,
        *,
        issuer: pulumi.Input[str],
        ceph: Ceph,
        keep: bool,
        users: Sequence[str] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare it; *users* are the other namespaces whose CephObjectStoreUsers it accepts."""
        super().__init__("tier0:object_store:ObjectStore", name, opts=opts)
        secret = certificate(
            name,
            spec.certificate,
            parent=self,
            namespace=ceph.namespace,
            dns_names=[*spec.internal_hosts, *spec.certificate.hosts],
            issuer=issuer,
        )
        store = Object(
            f"{name}-store",
            parent=self,
            api_version="ceph.rook.io/v1",
            kind="CephObjectStore",
            name=spec.name,
            namespace=ceph.namespace,
            spec=without_false(
                ceph_object_store(spec, secret, placement=ceph.placement, keep=keep, users=users)
            ),
            keep=keep,
            # Rook first asks the gateway for remaining buckets, and waits forever without it.
            operator_deletes=True,
        )
        restart_on_renewal(
            f"{name}-renewal",
            parent=self,
            object_name=f"{spec.name}-renewal",
            namespace=spec.namespace,
            service=spec.service,
            secret=secret,
            kms_secrets=spec.kms.secrets if spec.kms else [],
            image=ceph.image,
        )
        buckets = bucket_class(
            name,
            spec.storage_class,
            parent=self,
            store=store.name,
            namespace=spec.namespace,
            keep=keep,
        )
        self.store = Store(
            endpoint=kube.when_ready(store, spec.address),
            rook=Rook(name=spec.name, namespace=spec.namespace, storage_class=buckets.name),
        )


def ceph_object_store(
    spec: ObjectStoreSpec,
    certificate: pulumi.Input[str],
    *,
    placement: Mapping[str, Any],
    keep: bool,
    users: Sequence[str],
) -> Mapping[str, Any]:
    """Return `CephObjectStore.spec`."""
    pool = {
        "failureDomain": "host",
        "replicated": {"size": spec.copies, "requireSafeReplicaSize": spec.copies > 1},
    }
    return {
        "metadataPool": pool,
        "dataPool": pool,
        "preservePoolsOnDelete": keep,
        "gateway": {
            "securePort": PORT,
            "sslCertificateRef": certificate,
            "instances": spec.gateways,
            "resources": half_reserved(spec.resources),
            # Rook owns `rgw frontends`, and Ceph takes from the defaults what is not said there.
            # As a flag, and not in `rgwConfig`: a running gateway reads it at its start only.
            "rgwCommandFlags": {
                "rgw_frontend_defaults": f"beast request_timeout_ms={STALL_SECONDS * 1000}"
            },
            # Databases cannot archive without it, so it is evicted after them.
            "priorityClassName": "system-cluster-critical",
        }
        | ({"placement": placement} if placement else {}),
    } | {
        **({"security": {"s3": sse_s3(spec.kms)}} if spec.kms else {}),
        **({"allowUsersInNamespaces": [*users]} if users else {}),
    }


def sse_s3(kms: KmsSpec) -> Mapping[str, Any]:
    """Return `CephObjectStore.spec.security.s3`: Rook takes the transit engine only."""
    details = {
        "KMS_PROVIDER": "vault",
        "VAULT_ADDR": kms.address,
        "VAULT_BACKEND_PATH": "transit",
        "VAULT_SECRET_ENGINE": "transit",
    }
    if kms.ca_secret:
        details["VAULT_CACERT"] = kms.ca_secret
    return {"connectionDetails": details, "tokenSecretName": kms.token_secret}
