"""databases.n8n.namespace: 'cert-manager' belongs to certificates.namespace; write a namespace for databases [databases-are-apart-from-operators]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(namespace="cert-manager")})
