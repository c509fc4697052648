"""databases.n8n.cluster: 'tier0' makes CloudNativePG's Secret 'tier0-ca', which is the private CA's; write another name [secret-has-one-writer]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(cluster="tier0")})
