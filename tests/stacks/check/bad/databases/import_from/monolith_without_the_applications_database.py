"""databases.n8n.import_from.databases: 'app' is not among them, and would be created empty; add it [import-has-the-applications-database]"""

from tests.valid import database, environment, importing

ENVIRONMENT = environment(
    databases={"n8n": database(import_from=importing(type="monolith", roles=["*"]))}
)
