"""databases.n8n.import_from.options.exclude_schemas.0: '"Audit"' is not a PostgreSQL identifier; write letters, digits, '_' and '-', and no quotes [identifier-is-usable]"""

from tests.valid import database, environment, import_options, importing

ENVIRONMENT = environment(
    databases={
        "n8n": database(import_from=importing(options=import_options(exclude_schemas=['"Audit"'])))
    }
)
