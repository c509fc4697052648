"""databases.n8n.cluster: 'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn' has 47 characters; write at most 46 [cluster-name-is-valid]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(cluster="n" * 47)})
