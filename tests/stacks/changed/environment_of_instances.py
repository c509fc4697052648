"""Cluster n8n-prod/n8n-postgres: spec.env: the variables change, which restarts each instance, the primary last; apply it while a restart is acceptable [environment-restarts-instances]"""

from tests.valid import database, environment

BEFORE = environment(databases={"n8n": database()})
AFTER = environment(databases={"n8n": database(env={"TZ": "Etc/UTC"})})
