"""databases.n8n.import_from.roles: a 'microservice' imports no roles, and the owner gets everything; leave it out, or write type 'monolith' [import-fits-its-type]"""

from tests.valid import database, environment, importing

ENVIRONMENT = environment(databases={"n8n": database(import_from=importing(roles=["shop"]))})
