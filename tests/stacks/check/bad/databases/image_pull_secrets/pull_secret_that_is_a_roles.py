"""databases.n8n.image_pull_secrets: the Secret 'reader-login' in namespace 'n8n-prod' is that of databases.n8n.roles.reader.password_secret; choose another name [secret-has-one-writer]"""

from tests.valid import database, environment, role

ENVIRONMENT = environment(
    databases={"n8n": database(image_pull_secrets=["reader-login"], roles={"reader": role()})}
)
