"""Cluster n8n-prod/n8n-postgres-g2: metadata.labels/tier0/wal-segment: segments of 64 MiB do not become 32, as initdb makes them; write wal_segment=64, or move the data into a new database [segment-size-stays]"""

from tests.valid import database, environment, restore

_LATER = [restore()]

BEFORE = environment(
    databases={"n8n": database(wal_segment=64, generations=_LATER, active=2, removed=[1])}
)
AFTER = environment(
    databases={"n8n": database(wal_segment=32, generations=_LATER, active=2, removed=[1])}
)
