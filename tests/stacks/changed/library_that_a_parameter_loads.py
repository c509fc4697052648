"""Cluster n8n-prod/n8n-postgres: spec.postgresql.shared_preload_libraries: none becomes 'pg_stat_statements', which restarts each instance, the primary last; apply it while a restart is acceptable [loaded-libraries-restart-instances]"""

from tests.valid import database, environment

BEFORE = environment(databases={"n8n": database()})
AFTER = environment(databases={"n8n": database(parameters={"pg_stat_statements.track": "all"})})
