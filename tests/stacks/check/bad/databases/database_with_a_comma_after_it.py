"""databases.n8n: is a tuple of 1 PostgresSpec; remove the comma after it"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": (database(),)})
