"""databases.n8n.import_from.options.exclude_extensions: the pg_dump of PostgreSQL 16 cannot; write an image of 17 or newer, or leave it out [extensions-are-left-out-by-a-pg-dump-that-can]"""

from tests.valid import database, environment, import_options, importing

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            image="ghcr.io/cloudnative-pg/postgresql:16.9-system-trixie",
            import_from=importing(options=import_options(exclude_extensions=["pgaudit"])),
        )
    }
)
