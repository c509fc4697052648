"""Cluster n8n-prod/n8n-postgres: spec.bootstrap.initdb.secret.name: the owner's password becomes that in 'login', and clients with that in 'n8n-postgres-app' are refused; write the same password into both first [other-secret-changes-the-password]"""

from tests.valid import database, environment

BEFORE = environment(databases={"n8n": database()})
AFTER = environment(databases={"n8n": database(owner_secret="login")})
