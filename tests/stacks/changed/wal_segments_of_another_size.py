"""Cluster n8n-prod/n8n-postgres: spec.bootstrap.initdb.walSegmentSize: segments of 16 MiB do not become 64, as initdb makes them; write wal_segment=16, or move the data into a new database [segment-size-stays]"""

from tests.valid import database, environment

BEFORE = environment(databases={"n8n": database()})
AFTER = environment(databases={"n8n": database(wal_segment=64)})
