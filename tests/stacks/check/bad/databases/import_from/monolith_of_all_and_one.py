"""databases.n8n.import_from.databases: '*' is all of them; leave the others out [import-fits-its-type]"""

from tests.valid import database, environment, importing

ENVIRONMENT = environment(
    databases={
        "n8n": database(import_from=importing(type="monolith", databases=["*", "app"], roles=["*"]))
    }
)
