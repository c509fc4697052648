"""databases.b.owner_secret: the Secret 'login' in namespace 'n8n-prod' is that of databases.n8n.owner_secret; choose another name [secret-has-one-writer]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(owner_secret="login"),
        "b": database("b", namespace="n8n-prod", owner_secret="login"),
    }
)
