"""How a database begins that is not restored: what CloudNativePG's `initdb` makes."""

from typing import Any

from components.postgres.archive import SEGMENT
from components.postgres.imports import initdb_import
from components.postgres.roles import ApplicationSpec
from components.postgres.spec import PostgresSpec


def initdb(spec: PostgresSpec) -> dict[str, Any]:
    """Return `Cluster.spec.bootstrap.initdb`, which a restored generation does not have."""
    return {
        "database": spec.database,
        "owner": spec.owner,
        **({"secret": {"name": spec.owner_secret}} if spec.owner_secret else {}),
        "dataChecksums": True,
        **_statements(spec.application),
        **initdb_import(spec.import_from),
        **({"walSegmentSize": spec.wal_segment} if spec.wal_segment != SEGMENT else {}),
    }


def _statements(application: ApplicationSpec | None) -> dict[str, Any]:
    """Return the part that fills the application's database."""
    statements = list(application.post_init_sql) if application else []
    return {"postInitApplicationSQL": statements} if statements else {}
