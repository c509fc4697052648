"""databases.n8n.instances: with 1 instance the database is down whenever its pod is; a second instance takes over [disposable-database-has-replica]"""

from tests.valid import database, environment

ENVIRONMENT = environment(disposable=True, databases={"n8n": database(instances=1)})
