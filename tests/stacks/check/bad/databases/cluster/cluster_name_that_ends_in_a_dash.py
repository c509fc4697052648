"""databases.n8n.cluster: 'n8n-' is not a Kubernetes name; write lower-case letters, digits and '-', first and last a letter or digit [cluster-name-is-valid]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(cluster="n8n-")})
