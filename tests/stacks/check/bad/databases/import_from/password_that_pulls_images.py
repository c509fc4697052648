"""databases.n8n.import_from.password_secret: the Secret 'registry' in namespace 'n8n-prod' is that of databases.n8n.image_pull_secrets; choose another name [secret-has-one-writer]"""

from tests.valid import database, environment, importing

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image_pull_secrets=["registry"], import_from=importing(password_secret="registry")
        )
    }
)
