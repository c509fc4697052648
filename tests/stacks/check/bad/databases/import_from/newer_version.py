"""databases.n8n.import_from.major: PostgreSQL 18 cannot be imported into 17, whose pg_dump is older; write an image of 18 or newer [import-is-not-from-a-newer-version]"""

from tests.valid import database, environment, importing

ENVIRONMENT = environment(databases={"n8n": database(import_from=importing(major=18))})
