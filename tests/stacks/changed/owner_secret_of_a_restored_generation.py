"""Cluster n8n-prod/n8n-postgres: spec.bootstrap.initdb.secret.name: the owner's password becomes that in 'login', and clients with that in 'n8n-postgres-app' are refused; write the same password into both first [other-secret-changes-the-password]
Cluster n8n-prod/n8n-postgres-g2: spec.bootstrap.recovery.secret.name: the owner's password becomes that in 'login', and clients with that in 'n8n-postgres-app' are refused; write the same password into both first [other-secret-changes-the-password]"""

from tests.valid import database, environment, restore

BEFORE = environment(databases={"n8n": database(generations=[restore()], active=2)})
AFTER = environment(
    databases={"n8n": database(generations=[restore()], active=2, owner_secret="login")}
)
