"""databases.n8n.import_from.options.exclude_table_data.0: '--file=/tmp/x' is not a table; write its name, like 'audit.log_*', in double quotes what has others than letters, digits, '_' and '-' [table-is-named-as-pg-dump-reads-it]"""

from tests.valid import database, environment, import_options, importing

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            import_from=importing(options=import_options(exclude_table_data=["--file=/tmp/x"]))
        )
    }
)
