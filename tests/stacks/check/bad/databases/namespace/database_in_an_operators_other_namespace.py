"""databases.n8n.namespace: 'postgres' belongs to network.operator_namespace; write a namespace for databases [databases-are-apart-from-operators]"""

from tests.valid import database, environment, network

ENVIRONMENT = environment(
    network=network(operator_namespace="postgres"),
    databases={"n8n": database(namespace="postgres")},
)
