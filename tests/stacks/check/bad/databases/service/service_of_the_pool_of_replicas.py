"""databases.n8n.service: 'n8n-postgres-pooler-ro' is a Service that CloudNativePG creates; choose another name [service-name-is-not-generated]"""

from tests.valid import database, environment, pooler

ENVIRONMENT = environment(
    databases={"n8n": database(service="n8n-postgres-pooler-ro", replica_pooler=pooler())}
)
