"""Cluster n8n-prod/n8n-postgres: spec.managed.roles.reader: 'reader' stays in PostgreSQL, and its password with it; drop the role by hand once nothing uses it [role-stays-in-postgresql]"""

from tests.valid import database, environment, role

BEFORE = environment(databases={"n8n": database(roles={"reader": role()})})
AFTER = environment(databases={"n8n": database()})
