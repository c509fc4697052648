"""databases.n8n.namespace: 'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn' has 64 characters; write at most 63 [name-is-dns-label]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(namespace="n" * 64)})
