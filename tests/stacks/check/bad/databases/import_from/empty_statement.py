"""databases.n8n.import_from.post_import_sql: statement 1 is empty; leave it out [sql-has-no-empty-statement]"""

from tests.valid import database, environment, importing

ENVIRONMENT = environment(
    databases={"n8n": database(import_from=importing(post_import_sql=["select 1", " "]))}
)
