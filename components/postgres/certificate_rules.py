"""Rules about the certificates of a database."""

from collections.abc import Iterator, Sequence

from components.postgres.changes import ClusterChange
from components.postgres.spec import PostgresSpec
from components.spec.rule import Fault, rule

_PLACE = ("spec", "certificates")


@rule("spec", of=PostgresSpec)
def host_name_is_in_the_certificate_once(spec: PostgresSpec) -> Iterator[Fault]:
    """Each further host name of the server's certificate is new.

    Those of its Services, pools and load balancers are in it already.
    """
    known = list(spec.hosts)
    for host in spec.certificates.hosts:
        if host in known:
            yield Fault(
                f"'{host}' is in the certificate already; leave it out", ("certificates", "hosts")
            )
        known.append(host)


@rule("consequence", of=ClusterChange)
def another_ca_is_known_to_all(change: ClusterChange) -> Iterator[Fault]:
    """Another CA is known to those who verify by it, and CloudNativePG has issued by it.

    Instances read the new Secret without a restart (certificates.md, v1.30.0). Certificates that
    CloudNativePG issued it renews before they expire, not for another CA (certs/k8s.go,
    RenewLeafCertificate, v1.30.0); only those of roles, like the drills', it issues again. What a
    pool has it reads when it looks at the Pooler, which no certificate of a server makes it do
    (pooler_controller.go, getPoolersUsingSecret, v1.30.0).
    """
    name = change.texts("metadata", "name")[0]
    server, client = (
        [it or f"{name}-ca" for it in change.texts(*_PLACE, field)]
        for field in ("serverCASecret", "clientCASecret")
    )
    if not all(change.values("spec")):
        return
    if server[0] != server[1]:
        issued = not change.texts(*_PLACE, "serverTLSSecret")[1]
        again = f"; delete the Secret '{name}-server' right after, which the old one issued"
        yield Fault(
            f"'{server[0]}' becomes '{server[1]}': clients that know the old CA alone refuse the "
            f"server, so give them both first{again if issued else ''}; at last change an "
            "annotation of its Poolers, which get to know the new one then",
            (*_PLACE, "serverCASecret"),
        )
    if client[0] != client[1]:
        yield Fault(
            f"'{client[0]}' becomes '{client[1]}', and no replica or pool logs in by what the old "
            f"CA issued; delete the Secrets '{name}-replication' and '{name}-pooler' right after, "
            "so that they are issued again, and give your own clients new certificates",
            (*_PLACE, "clientCASecret"),
        )


@rule("consequence", of=ClusterChange)
def certificate_of_a_secret_must_have_the_names(change: ClusterChange) -> Iterator[Fault]:
    """A certificate that is made elsewhere has the names that clients use.

    CloudNativePG looks at its CA and its usage only (cluster_pki.go, v1.30.0).
    """
    before, after = change.texts(*_PLACE, "serverTLSSecret")
    names = change.values(*_PLACE, "serverAltDNSNames")[0]
    if after and before != after:
        known = f" ({', '.join(names)})" if isinstance(names, Sequence) and names else ""
        yield Fault(
            f"clients that verify the name refuse a certificate in '{after}' that lacks one of the "
            f"database's{known}; have them in it first",
            (*_PLACE, "serverTLSSecret"),
        )
