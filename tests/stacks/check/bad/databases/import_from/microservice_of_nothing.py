"""databases.n8n.import_from.databases: a 'microservice' has one database; write its name [import-fits-its-type]"""

from tests.valid import database, environment, importing

ENVIRONMENT = environment(databases={"n8n": database(import_from=importing(databases=[]))})
