"""Cluster n8n-prod/n8n-postgres: spec.bootstrap.initdb.secret.name: 'n8n-postgres-app' cannot become 'login' in a database that was restored; write the password into 'n8n-postgres-app', and owner_secret as it was [generation-keeps-its-secret]
Cluster n8n-prod/n8n-postgres-g2: spec.bootstrap.recovery.secret.name: 'n8n-postgres-app' cannot become 'login' in a database that was restored; write the password into 'n8n-postgres-app', and owner_secret as it was [generation-keeps-its-secret]"""

from tests.valid import database, environment, restore

BEFORE = environment(databases={"n8n": database(generations=[restore()], active=2)})
AFTER = environment(
    databases={"n8n": database(generations=[restore()], active=2, owner_secret="login")}
)
