"""databases.n8n.import_from.post_import_sql: a 'monolith' runs no statements after it; leave it out [import-fits-its-type]"""

from tests.valid import database, environment, importing

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            import_from=importing(
                type="monolith", databases=["*"], roles=["*"], post_import_sql=["select 1"]
            )
        )
    }
)
