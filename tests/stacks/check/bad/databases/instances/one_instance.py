"""databases.n8n.instances: 1 instance stops with its node and at each restart; write at least 2, or declare the environment disposable [database-has-replica]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(instances=1)})
