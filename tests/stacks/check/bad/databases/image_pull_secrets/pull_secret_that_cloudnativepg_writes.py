"""databases.n8n.image_pull_secrets: the Secret 'n8n-postgres-pull-secret' in namespace 'n8n-prod' is CloudNativePG's own, for databases.n8n; choose another name [secret-has-one-writer]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(image_pull_secrets=["n8n-postgres-pull-secret"])}
)
