"""databases.n8n.namespace: 'tier0-drills' belongs to drills; write a namespace for databases [databases-are-apart-from-operators]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(namespace="tier0-drills")})
