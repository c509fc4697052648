"""databases.n8n.namespace: 'cnpg-system' belongs to CloudNativePG; write a namespace for databases [databases-are-apart-from-operators]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(namespace="cnpg-system")})
