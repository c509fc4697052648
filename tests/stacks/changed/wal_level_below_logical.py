"""Cluster n8n-prod/n8n-postgres: spec.postgresql.parameters.wal_level: 'logical' becomes 'replica', with which PostgreSQL does not start while a logical replication slot exists; drop such slots first [logical-slots-need-their-wal-level]"""

from tests.valid import database, environment

BEFORE = environment(databases={"n8n": database()})
AFTER = environment(databases={"n8n": database(parameters={"wal_level": "replica"})})
