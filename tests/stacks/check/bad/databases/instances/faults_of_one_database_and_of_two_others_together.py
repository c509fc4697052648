"""databases.three.instances: 0 is too small; write 1 to 9
databases.two.cluster: 'n8n-postgres' in namespace 'n8n-prod' is also the cluster of databases.n8n; choose another name [cluster-is-not-shared]
"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(),
        "two": database("two", namespace="n8n-prod", cluster="n8n-postgres"),
        "three": database("three", instances=0),
    }
)
