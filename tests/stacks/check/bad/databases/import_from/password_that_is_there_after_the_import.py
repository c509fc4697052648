"""databases.n8n.import_from.password_secret: the Secret 'n8n-postgres-app' in namespace 'n8n-prod' is CloudNativePG's own, for databases.n8n; choose another name [secret-has-one-writer]"""

from tests.valid import database, environment, importing

ENVIRONMENT = environment(
    databases={"n8n": database(import_from=importing(password_secret="n8n-postgres-app"))}
)
