"""Cluster n8n-prod/n8n-postgres: spec.tablespaces.cold: it restarts each instance, and no recovery from an earlier base backup reaches a later moment; make a base backup five minutes after it is there, from the primary or once replicas have it, and see that it completes [new-tablespace-needs-a-base-backup]"""

from tests.valid import database, environment, tablespace

BEFORE = environment(databases={"n8n": database()})
AFTER = environment(databases={"n8n": database(tablespaces={"cold": tablespace()})})
