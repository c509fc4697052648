"""databases.n8n.cluster: 'tier0' names CloudNativePG's Secret 'tier0-ca', which belongs to the private CA; choose another name [secret-has-one-writer]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(cluster="tier0")})
