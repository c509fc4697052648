"""Cluster n8n-prod/n8n-postgres: spec.resources: another value of resources restarts each instance, the primary last; apply it when clients may be without a primary for some seconds [pods-are-made-again]
ObjectStore n8n-prod/n8n-postgres: spec.instanceSidecarConfiguration: another sidecar restarts each instance, the primary last; apply it when clients may be without a primary for some seconds [sidecars-are-made-again]"""

from tests.valid import database, environment, resources

BEFORE = environment(databases={"n8n": database(resources=resources())})
AFTER = environment(databases={"n8n": database(resources=resources(cpu="4"))})
