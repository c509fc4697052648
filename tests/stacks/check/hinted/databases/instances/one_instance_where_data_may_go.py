"""databases.n8n.instances: 1 instance is away for as long as its pod is; a second one takes over [disposable-database-has-replica]"""

from tests.valid import database, environment

ENVIRONMENT = environment(disposable=True, databases={"n8n": database(instances=1)})
