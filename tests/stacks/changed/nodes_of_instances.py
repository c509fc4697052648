"""Cluster n8n-prod/n8n-postgres: spec.affinity: another value of affinity restarts each instance, the primary last; apply it when clients may be without a primary for some seconds [pods-are-made-again]"""

from tests.valid import database, environment, placement

BEFORE = environment(databases={"n8n": database()})
AFTER = environment(databases={"n8n": database(placement=placement(tolerations=["databases"]))})
