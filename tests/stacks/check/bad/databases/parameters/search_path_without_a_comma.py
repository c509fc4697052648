"""databases.n8n.parameters.search_path: 'shop public' is not a list; write names with ',' between them [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"search_path": "shop public"})})
