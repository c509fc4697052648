"""databases.n8n.load_balancers.n8n-postgres: 'n8n-postgres' is also a Service of databases.n8n; choose another name [service-is-not-shared]"""

from tests.valid import database, environment, load_balancer

ENVIRONMENT = environment(
    databases={"n8n": database(load_balancers={"n8n-postgres": load_balancer()})}
)
