"""databases.n8n.import_from.options.exclude_table_data: with schema_only no rows are imported; leave it out [import-leaves-out-rows-that-it-has]"""

from tests.valid import database, environment, import_options, importing

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            import_from=importing(
                schema_only=True, options=import_options(exclude_table_data=["audit.log"])
            )
        )
    }
)
