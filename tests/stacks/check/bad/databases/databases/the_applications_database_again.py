"""databases.n8n.databases.app: 'app' is already the application's database; declare what is in it as application=ApplicationSpec(...), or choose another name [database-and-role-names-are-unique]"""

from tests.valid import database, environment, further

ENVIRONMENT = environment(databases={"n8n": database(databases={"app": further()})})
