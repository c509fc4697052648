"""databases.n8n.import_from.options.exclude_table_data: 'audit.log' is a str; write a list, like ['audit.log']"""

from tests.valid import database, environment, import_options, importing

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            import_from=importing(options=import_options(exclude_table_data="audit.log"))
        )
    }
)
