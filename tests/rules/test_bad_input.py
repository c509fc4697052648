"""Each fault once: homelab with one thing wrong, and the one line that says so."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stacks import InvalidEnvironment, load

AT = "databases.n8n."


def _offsite(old: str = "", new: str = "") -> list[tuple[str, str]]:
    """Return the edits that copy archives off-site, with some of that replaced."""
    offsite = (
        'offsite=OffsiteSpec(endpoint="https://s3.example.org", bucket="copies", '
        'secret="offsite-copy", rpo="5m", lock="31d"),'
    )
    assert old in offsite
    spec = ("    databases={", f"    {offsite.replace(old, new)}\n    databases={{")
    before = "from components.postgres"
    return [(before, f"from components.offsite import OffsiteSpec\n{before}"), spec]


ANOTHER = """        "two": PostgresSpec(
            namespace="{namespace}",
            cluster="{cluster}",
            database="two",
            owner="two",
            image="ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
            instances=1,
            storage="1Gi",
            objectives=ObjectivesSpec(rpo="5m", rto="15m"),
            backup=BackupSpec(
                bucket={bucket},
                schedule="0 2 * * *",
                retention="30d",
            ),
        ),
    }},
)
"""


def _and(namespace: str, cluster: str, bucket: str) -> tuple[str, str]:
    """Return the edit that adds a database."""
    added = ANOTHER.format(namespace=namespace, cluster=cluster, bucket=bucket)
    return "    },\n)\n", added


def _ceph(
    disks: str = "EveryNodeSpec(filter='^sd[b-z]$')", **numbers: int
) -> list[tuple[str, str]]:
    """Return the edits that declare a Ceph cluster."""
    given = "".join(f", {field}={number}" for field, number in numbers.items())
    return [
        ("    databases={", f"    storage=StorageSpec(disks={disks}{given}),\n    databases={{"),
        (
            "from stacks.environment",
            "from components.disks import EveryNodeSpec, NamedNodesSpec\n"
            "from components.storage import StorageSpec\n"
            "from stacks.environment",
        ),
    ]


def _operators(*names: str) -> list[tuple[str, str]]:
    """Return the edits that install these operators."""
    return [
        (
            "    databases={",
            f"    operators=OperatorsSpec(install={list(names)}),\n    databases={{",
        ),
        (
            "from stacks.environment",
            "from components.operators import OperatorsSpec\nfrom stacks.environment",
        ),
    ]


def _gitops(**fields: str) -> list[tuple[str, str]]:
    """Return the edits that have Argo CD apply it, with *fields* instead of the usual ones."""
    usual = {"repository": "https://git.example.org/lab.git", "path": "rendered/homelab"}
    given = ", ".join(f"{name}={value!r}" for name, value in (usual | fields).items())
    return [
        ("    },\n)\n", f"    }},\n    gitops=GitOpsSpec({given}),\n)\n"),
        (
            "from components.object",
            "from components.gitops import GitOpsSpec\nfrom components.object",
        ),
    ]


SYNCHRONOUS = (
    "from stacks",
    "from components.replication import SynchronousSpec\nfrom stacks",
)
TALOS = ("from stacks", "from components.talos import TalosctlSpec, TalosNodeSpec\nfrom stacks")


def _bootstrapped(first: str, *nodes: tuple[str, str, str]) -> list[tuple[str, str]]:
    """Return the edits that bootstrap homelab on *nodes* (name, address, role)."""
    made = ", ".join(
        f'"{name}": TalosNodeSpec(address="{address}", role="{role}")'
        for name, address, role in nodes
    )
    context = 'context="homelab",'
    bootstrap = f'bootstrap=TalosctlSpec(nodes={{{made}}}, bootstrap_node="{first}"),'
    return [TALOS, (context, f"{context} {bootstrap}")]


FAULTS = {
    "an unknown field": (
        [("instances=2", "instances=2, instnaces=3")],
        AT + "instnaces: unknown field; did you mean 'instances'?",
    ),
    "a port for plain HTTP": (
        [("gateways=2", "gateways=2, http=80")],
        "object_store.http: unknown field; ObjectStoreSpec has "
        "name, namespace, certificate, gateways, copies, image, kms",
    ),
    "a missing field": (
        [('            storage="10Gi",\n', "")],
        AT + "storage: is missing; write it: Size of each instance's volume",
    ),
    "a wrong type": (
        [("instances=2", 'instances="2"')],
        AT + "instances: '2' is a str; write a whole number without quotes",
    ),
    "a number outside its range": (
        [("instances=2", "instances=0")],
        AT + "instances: 0 is refused; it should be greater than or equal to 1",
    ),
    "a choice that there is not": (
        [('method="plugin"', 'method="pgbackrest"')],
        AT + "backup.method: 'pgbackrest' is refused; it should be 'plugin' or 'in-tree'",
    ),
    "a compression that base backups cannot use": (
        [('data_compression="gzip"', 'data_compression="zstd"')],
        AT + "backup.data_compression: 'zstd' is refused; "
        "it should be 'bzip2', 'gzip', 'lz4' or 'snappy'",
    ),
    "a wrong unit of size": (
        [("10Gi", "10GB")],
        AT + "storage: '10GB' is not a size; write a whole number and Mi, Gi or Ti, like '10Gi'",
    ),
    "a wrong unit of time": (
        [('rpo="5m"', 'rpo="5 min"')],
        AT + "objectives.rpo: '5 min' is not a duration; "
        "write a whole number and s, m, h or d, like '5m'",
    ),
    "a wrong unit of retention": (
        [('retention="30d"', 'retention="30"')],
        AT + "backup.retention: '30' is not a retention; "
        "write a whole number and d, w or m (days, weeks, months), like '30d'",
    ),
    "a schedule of four fields": (
        [("0 2 * * *", "0 2 * *")],
        AT + "backup.schedule: '0 2 * *' has 4 fields; write minute hour day month weekday",
    ),
    "a schedule of six fields": (
        [("0 2 * * *", "0 0 2 * * *")],
        AT + "backup.schedule: '0 0 2 * * *' has 6 fields; leave the seconds out: '0 2 * * *'",
    ),
    "a schedule that never fires": (
        [("0 2 * * *", "0 2 30 2 *")],
        AT + "backup.schedule: '0 2 30 2 *' never fires; write a day that its month has",
    ),
    "a weekday 7": (
        [("0 2 * * *", "0 2 * * 7")],
        AT + "backup.schedule: '0 2 * * 7' has weekday 7; write 0 for Sunday",
    ),
    "an hour 24": (
        [("0 2 * * *", "0 24 * * *")],
        AT + "backup.schedule: '0 24 * * *' has '24' as hour; write 0 to 23",
    ),
    "a descriptor for a schedule": (
        [("0 2 * * *", "@daily")],
        AT + "backup.schedule: '@daily' has 1 field; write minute hour day month weekday",
    ),
    "a step after a number": (
        [("0 2 * * *", "0 2/4 * * *")],
        AT + "backup.schedule: '0 2/4 * * *' has '2/4' as hour; "
        "write a number, a range a-b, '*' or '*/n'",
    ),
    "a star in a list, which parsers read differently": (
        [("0 2 * * *", "0 2 1 * 1,*/2")],
        AT + "backup.schedule: '0 2 1 * 1,*/2' has '1,*/2' as weekday; write '*' or '*/n' alone",
    ),
    "a range of one, whose step parsers read differently": (
        [("0 2 * * *", "0 2 * * 1-1/2")],
        AT
        + "backup.schedule: '0 2 * * 1-1/2' has '1-1/2' as weekday; write the lower number first",
    ),
    "a range from high to low": (
        [("0 2 * * *", "0 2 * * 5-1")],
        AT + "backup.schedule: '0 2 * * 5-1' has '5-1' as weekday; write the lower number first",
    ),
    "a cluster's name too long with a generation's suffix": (
        [('cluster="n8n-postgres"', f'cluster="{"n" * 47}"')],
        AT + f"cluster: '{'n' * 47}' has 47 characters; write at most 46",
    ),
    "a store's name too long for Rook's Service": (
        [("homelab-objectstore", "h" * 39)],
        f"object_store.name: '{'h' * 39}' has 39 characters; write at most 38",
    ),
    "a name that Kubernetes refuses": (
        [("n8n-prod", "n8n_prod")],
        AT + "namespace: 'n8n_prod' is not a Kubernetes name; write lower-case letters, digits "
        "and '-', first and last a letter or digit",
    ),
    "a database name that needs quoting": (
        [('database="n8n"', 'database="n8n-app"')],
        AT + "database: 'n8n-app' is not a plain PostgreSQL identifier; write lower-case letters, "
        "digits and '_', first not a digit",
    ),
    "an image without a version": (
        [(":17.6-system-trixie", ":latest")],
        AT + "image: 'ghcr.io/cloudnative-pg/postgresql:latest' names no fixed version; write a "
        "tag or digest, like 'ghcr.io/cloudnative-pg/postgresql:18.4-system-trixie'",
    ),
    "an image that cannot archive in-tree": (
        [('method="plugin"', 'method="in-tree"'), ("-system-", "-minimal-")],
        "databases.n8n: method 'in-tree' needs barman inside the image and "
        "'ghcr.io/cloudnative-pg/postgresql:17.6-minimal-trixie' has none; "
        "write a '-system-' image or method 'plugin'",
    ),
    "synchronous replication without a replica": (
        [
            SYNCHRONOUS,
            ("instances=2", 'instances=1, synchronous=SynchronousSpec(durability="preferred")'),
        ],
        "databases.n8n: synchronous 'preferred' with 1 instance has no replica to wait for; "
        "write 3 instances or leave synchronous out",
    ),
    "synchronous replication that one replica's restart stops": (
        [SYNCHRONOUS, ("instances=2", "instances=2, synchronous=SynchronousSpec()")],
        "databases.n8n: synchronous 'required' with 2 instances stops writes whenever the replica "
        "is away; write 3 instances or 'preferred'",
    ),
    "a KMS without HTTPS": (
        [
            (
                "        gateways=2",
                '        kms=KmsSpec(address="http://bao.vault.svc:8200", token_secret="t"),\n'
                "        gateways=2",
            ),
            ("import BucketClaimSpec", "import BucketClaimSpec, KmsSpec"),
        ],
        "object_store.kms.address: 'http://bao.vault.svc:8200' is not an HTTPS address; "
        "write 'https://<host>' or 'https://<host>:<port>'",
    ),
    "encryption that would silently be none": (
        [("jobs=2", 'jobs=2, encryption="AES256"')],
        AT + "backup.encryption: 'AES256' needs a KMS, without which Ceph refuses the upload or "
        "stores plaintext; declare object_store.kms or leave encryption out",
    ),
    "an RPO that archiving cannot keep": (
        [('rpo="5m"', 'rpo="1m"')],
        AT + "objectives.rpo: '1m' is less than archiving can keep (30 s between WAL segments, "
        "60 s to upload one); write at least '90s'",
    ),
    "a retention with room for one backup only": (
        [("0 2 * * *", "0 2 * * 0"), ('retention="30d"', 'retention="13d"')],
        AT + "backup: retention '13d' is less than two intervals of schedule '0 2 * * 0', so one "
        "failed backup would leave none in the window; write at least '14d'",
    ),
    "a certificate shorter than cert-manager's minimum": (
        [('duration="8760h"', 'duration="30m"')],
        "object_store.certificate.duration: '30m' is below cert-manager's minimum; "
        "write at least '1h'",
    ),
    "two copies": (
        [("copies=3", "copies=2")],
        "object_store.copies: 2 copies lose data with one or two hosts; write at least 3, "
        "or declare the environment disposable",
    ),
    "one gateway": (
        [("gateways=2", "gateways=1")],
        "object_store.gateways: 1 gateway stops archiving whenever it restarts; write at least 2, "
        "or declare the environment disposable",
    ),
    "a database among the operator's objects": (
        [("n8n-prod", "rook-ceph")],
        AT + "namespace: 'rook-ceph' belongs to object_store.namespace; "
        "write a namespace for databases",
    ),
    "two databases on one archive": (
        [
            _and(
                "elsewhere",
                "n8n-postgres",
                'ExistingBucketSpec(bucket="n8n-postgres-backups", secret="keys")',
            ),
            ("import BucketClaimSpec", "import BucketClaimSpec, ExistingBucketSpec"),
        ],
        "databases.two.backup.bucket: s3://n8n-postgres-backups/n8n-postgres/ is the archive of "
        "databases.n8n too; write another bucket or another cluster",
    ),
    "two databases in one Cluster object": (
        [_and("n8n-prod", "n8n-postgres", 'BucketClaimSpec(bucket="two-backups", claim="two")')],
        "databases.two.cluster: 'n8n-postgres' in namespace 'n8n-prod' is the cluster of "
        "databases.n8n too; write another name",
    ),
    "two claims of one bucket": (
        [_and("n8n-prod", "two", 'BucketClaimSpec(bucket="n8n-postgres-backups", claim="two")')],
        "databases.two.backup.bucket.bucket: 'n8n-postgres-backups' is claimed by databases.n8n "
        "too; write another bucket",
    ),
    "two copies of each block": (
        _ceph(copies=2),
        "storage.copies: 2 copies lose data with one or two hosts; write at least 3, "
        "or declare the environment disposable",
    ),
    "one monitor": (
        _ceph(monitors=1),
        "storage.monitors: 1 monitor stops the whole cluster with its host; write 3 or 5, "
        "or declare the environment disposable",
    ),
    "an even number of monitors": (
        _ceph(monitors=4),
        "storage.monitors: 4 monitors survive no more losses than 3; write 3 or 5",
    ),
    "a disk that is none": (
        _ceph("NamedNodesSpec(nodes={'a': ['sdb'], 'b': ['/dev/'], 'c': ['sdb']})"),
        "storage.disks.nodes.b.0: '/dev/' is not a disk; write a kernel name like 'nvme0n1', or a "
        "path like '/dev/disk/by-id/...'",
    ),
    "a node's name that Kubernetes refuses": (
        _ceph("NamedNodesSpec(nodes={'a': ['sdb'], 'b': ['sdb'], 'C': ['sdb']})"),
        "storage.disks.nodes.C: 'C' is not a node's name; write it as `kubectl get nodes` shows it",
    ),
    "a filter that is no regular expression": (
        _ceph("EveryNodeSpec(filter='^sd[b-z$')"),
        "storage.disks.filter: '^sd[b-z$' is not a regular expression (unterminated character set "
        "at position 3); write one like '^sd[b-z]$'",
    ),
    "more copies than hosts": (
        _ceph("NamedNodesSpec(nodes={'a': ['sdb'], 'b': ['sdb'], 'c': ['sdb']})", copies=4),
        "storage.copies: 4 copies need as many hosts, and storage.disks.nodes has 3; "
        "name 4 nodes or write at most 3",
    ),
    "an object store outside the Ceph cluster that is made": (
        [*_ceph(), ('namespace="rook-ceph"', 'namespace="elsewhere"')],
        "object_store.namespace: 'elsewhere' is not where the Ceph cluster is; write 'rook-ceph', "
        "the namespace of storage",
    ),
    "an image that is not the Ceph cluster's": (
        [*_ceph(), ("gateways=2", 'gateways=2, image="quay.io/ceph/ceph:v19.2.3"')],
        "object_store.image: 'quay.io/ceph/ceph:v19.2.3' is not the image of storage, "
        "'quay.io/ceph/ceph:v18.2.7'; leave it out",
    ),
    "a StorageClass that nobody makes": (
        [*_ceph(), ('storage="10Gi"', 'storage="10Gi", storage_class="fast"')],
        AT + "storage_class: 'fast' is no StorageClass of block volumes that storage makes; "
        "write 'ceph-block', or leave it out for the cluster's default",
    ),
    "a database beside CloudNativePG's operator": (
        [("n8n-prod", "cnpg-system")],
        AT + "namespace: 'cnpg-system' belongs to CloudNativePG; write a namespace for databases",
    ),
    "an operator that is not known": (
        _operators("cert-manager", "traefik"),
        "operators.install.1: 'traefik' is refused; it should be 'cert-manager', 'rook', "
        "'cloudnative-pg', 'barman-cloud', 'sealed-secrets' or 'argo-cd'",
    ),
    "an operator twice": (
        _operators("rook", "rook"),
        "operators.install: 'rook' is named twice; write it once",
    ),
    "etcd started on a worker": (
        _bootstrapped("w-1", ("w-1", "10.0.0.2", "worker"), ("cp-1", "10.0.0.1", "control-plane")),
        "bootstrap: bootstrap_node 'w-1' is no control-plane node; write one of cp-1",
    ),
    "etcd started on a node that there is not": (
        _bootstrapped("cp-2", ("w-1", "10.0.0.2", "worker")),
        "bootstrap: bootstrap_node 'cp-2' is no control-plane node; "
        "give one of nodes that role and write its name",
    ),
    "two nodes with one address": (
        _bootstrapped(
            "cp-1", ("cp-1", "10.0.0.1", "control-plane"), ("cp-2", "10.0.0.1", "control-plane")
        ),
        "bootstrap: nodes.cp-2 has the address 10.0.0.1 of nodes.cp-1; write its own",
    ),
    "a folder of OpenTofu that depends on where Pulumi runs": (
        [
            ("from stacks", "from components.talos import TofuSpec\nfrom stacks"),
            (
                'context="homelab",',
                'context="homelab", bootstrap=TofuSpec(folder="infra", control_plane="10.0.0.1"),',
            ),
        ],
        "bootstrap.folder: 'infra' is not an absolute path; write one that begins with '/'",
    ),
    "a node by its host name": (
        _bootstrapped("cp-1", ("cp-1", "cp-1.lan", "control-plane")),
        "bootstrap.nodes.cp-1.address: 'cp-1.lan' is not an IP address; "
        "write one like '10.0.0.2', not a host name",
    ),
    "a spec of another class": (
        [("backup=BackupSpec(", "backup=ObjectivesSpec(")],
        AT + "backup: ObjectivesSpec is not a BackupSpec; write BackupSpec(...)",
    ),
    "a value where a spec belongs": (
        [('objectives=ObjectivesSpec(rpo="5m", rto="15m")', 'objectives="5m"')],
        AT + "objectives: '5m' is not an ObjectivesSpec; write ObjectivesSpec(...)",
    ),
    "a database without a name": (
        [('"n8n": PostgresSpec', '"": PostgresSpec')],
        "databases.'': '' is not a Kubernetes name; write lower-case letters, digits and '-', "
        "first and last a letter or digit",
    ),
    "a list of databases": (
        [("databases={", "databases=[] and {")],
        "databases: [] is a list; write a dict {name: spec}",
    ),
    "an off-site copy in the same cluster": (
        _offsite("https://s3.example.org", "https://minio.backup.svc:9000"),
        "offsite.endpoint: 'https://minio.backup.svc:9000' is a service of this cluster and is "
        "lost with it; write the address of a store elsewhere",
    ),
    "an off-site copy in the object store itself": (
        _offsite("s3.example.org", "rook-ceph-rgw-homelab-objectstore.rook-ceph.svc"),
        "offsite.endpoint: 'https://rook-ceph-rgw-homelab-objectstore.rook-ceph.svc' is a service "
        "of this cluster and is lost with it; write the address of a store elsewhere",
    ),
    "an off-site RPO that copying cannot keep": (
        _offsite("5m", "1m"),
        "offsite.rpo: '1m' is less than copying can keep (4 looks of 30 s); write at least '120s'",
    ),
    "a lock shorter than what it protects": (
        _offsite("31d", "30d"),
        "offsite.lock: '30d' is less than databases.n8n keeps (retention '30d' and one interval "
        "of '0 2 * * *'); write at least '31d'",
    ),
    "copies in plaintext without a reason": (
        _offsite('lock="31d"', 'lock="31d", unencrypted_because="because"'),
        "offsite.unencrypted_because: 'because' is no reason for copies in plaintext; write why "
        "nobody can read the other store's disks, or leave it out",
    ),
    "copies made with the archive's own keys": (
        _offsite("offsite-copy", "n8n-postgres-backup-s3"),
        "offsite.secret: 'n8n-postgres-backup-s3' has the keys of databases.n8n's archive, which "
        "may delete; write another Secret, with keys that may not",
    ),
    "two databases with one claim": (
        [
            _and(
                "n8n-prod", "two", 'BucketClaimSpec(bucket="two-b", claim="n8n-postgres-backup-s3")'
            )
        ],
        "databases.two.backup.bucket.claim: 'n8n-postgres-backup-s3' is the claim of databases.n8n "
        "too; write another name",
    ),
    "a repository over plain HTTP": (
        _gitops(repository="http://git.example.org/lab.git"),
        "gitops.repository: 'http://git.example.org/lab.git' is not a repository over HTTPS or "
        "SSH; write 'https://<host>/<path>' or 'ssh://git@<host>/<path>'",
    ),
    "a repository's password, which is not repeated": (
        _gitops(repository="https://me:hunter2@git.example.org/lab.git"),
        "gitops.repository: the address holds a user or a password, and would be stored and "
        "shown; write it without, and give Argo CD a repository Secret",
    ),
    "a repository's token, which is not repeated either": (
        _gitops(repository="https://git.example.org/lab.git?token=hunter2"),
        "gitops.repository: the address holds a user or a password, and would be stored and "
        "shown; write it without, and give Argo CD a repository Secret",
    ),
    "a folder outside the repository": (
        _gitops(path="../homelab"),
        "gitops.path: '../homelab' is not a folder of a repository; write it from the "
        "repository's root, like 'rendered/homelab'",
    ),
    "a revision that is none": (
        _gitops(revision="--upload-pack=x"),
        "gitops.revision: '--upload-pack=x' is not a revision; write a branch, a tag or a commit",
    ),
    "a sealing certificate that is none": (
        _gitops(sealing_certificate="-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),
        "gitops.sealing_certificate: it is not a certificate in PEM; "
        "write what `kubeseal --fetch-cert` prints",
    ),
    "a sealing key where its certificate belongs": (
        _gitops(sealing_certificate="-----BEGIN PRIVATE KEY-----\nhunter2"),
        "gitops.sealing_certificate: it holds a private key, which must never be in Git; "
        "write what `kubeseal --fetch-cert` prints",
    ),
    "a database in Argo CD's namespace": (
        _gitops(namespace="n8n-prod"),
        "databases.n8n.namespace: 'n8n-prod' belongs to gitops.namespace; "
        "write a namespace for databases",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_is_one_sentence_with_its_place_and_mend(
    name: str, faults_of: Callable[..., list[str]]
) -> None:
    edits, sentence = FAULTS[name]
    assert [line.split(" [T")[0] for line in faults_of(*edits)] == [sentence]


@pytest.mark.parametrize(
    "repository",
    ["https://git.example.org:8443/a/b", "ssh://git@git.example.org:22/a.git", "git@host:a/b.git"],
)
def test_a_repository_is_found_over_https_or_ssh(
    repository: str, faults_of: Callable[..., list[str]]
) -> None:
    assert faults_of(*_gitops(repository=repository)) == []


def test_several_faults_are_said_at_once(faults_of: Callable[..., list[str]]) -> None:
    found = faults_of(
        ("instances=2", 'instances="2"'),
        ("0 2 * * *", "0 2 * *"),
        ("gateways=2", "gateways=True"),
        ('claim="n8n-postgres-backup-s3"', 'clam="x"'),
    )
    assert [line.split(":")[0] for line in found] == [
        "object_store.gateways",
        "databases.n8n.instances",
        "databases.n8n.backup.bucket.claim",
        "databases.n8n.backup.bucket.clam",
        "databases.n8n.backup.schedule",
    ]


def test_rules_that_span_components_find_every_place(faults_of: Callable[..., list[str]]) -> None:
    found = faults_of(("copies=3", "copies=1"), ("jobs=2", 'jobs=2, encryption="AES256"'))
    assert [line.split(":")[0] for line in found] == [
        "databases.n8n.backup.encryption",
        "object_store.copies",
    ]


def test_an_environment_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(InvalidEnvironment, match=r"^nope: no such environment; write one of dev, "):
        load("nope")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ENVIRONMENT = 1 / 0\n", ":1: raised ZeroDivisionError: division by zero; mend the"),
        ("x = 1\nENVIRONMENT = = 2\n", ":2: raised SyntaxError: invalid syntax; mend the"),
        ("from components.postgres import Nope\nENVIRONMENT = 1\n", ":1: raised ImportError: can"),
        ("import sys\nENVIRONMENT = sys.exit(3)\n", ":2: raised SystemExit: 3; mend the module"),
        ("ENVIRONMENT = {}\n", ": ENVIRONMENT is a dict; write ENVIRONMENT = EnvironmentSpec"),
        ("OTHER = 1\n", ": no such environment; write one of dev, homelab, production or the"),
    ],
)
def test_a_module_that_cannot_be_used_is_a_sentence_with_its_line(
    text: str, said: str, tmp_path: Path
) -> None:
    module = tmp_path / "broken.py"
    module.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidEnvironment) as raised:
        load(str(module))
    assert str(raised.value).startswith(f"{module}{said}")
    assert "\n" not in str(raised.value)
