"""What the source document promises: its list, its tables and its answers, in its own words.

Each item is kept by claims (`tools/docs/claims.py`), which name their tests.
"""

from collections.abc import Mapping, Sequence

ITEMS: Mapping[str, Sequence[str]] = {
    "compliance: data protection": (
        "encrypted at rest (AES256 SSE-S3)",
        "encrypted in transit (HTTPS/TLS 1.3)",
        "3-way replication (Ceph)",
        "off-cluster backup (S3)",
    ),
    "compliance: high availability": (
        "2 PostgreSQL instances",
        "continuous WAL archiving (<5 min RPO)",
        "automatic failover",
        "self-healing storage",
    ),
    "compliance: disaster recovery": (
        "point-in-time recovery",
        "30-day retention",
        "complete cluster restoration from Git",
        "documented recovery procedures",
    ),
    "compliance: operations": (
        "automated daily backups",
        "monitoring and alerting",
        "GitOps-managed (IaC)",
        "tested recovery procedures",
    ),
    "strategy": (
        "manifests: RPO 0 (Git commits)",
        "manifests: the cluster in ~15 min",
        "Secrets: sealed in Git, RPO 0",
        "PostgreSQL: RPO <5 min",
        "PostgreSQL: restored in ~5-10 min",
        "applications reconnect and resume",
        "Ceph: RPO 0, heals at once",
        "CephFS for shared storage",
    ),
    "procedures": (
        "scenario 1: complete cluster loss",
        "scenario 2: database corruption",
        "scenario 3: accidental data deletion",
    ),
    "verification": (
        "test 1: backup creation",
        "test 2: verify encryption",
        "test 3: WAL archiving",
        "test 4: bucket contents",
    ),
    "metrics": (
        "age of the last backup",
        "duration of a backup",
        "state of WAL archiving",
        "dashboard 20417",
    ),
    "answers": ("Ceph dies completely: backups survive",),
}
"""By where the document says it."""
