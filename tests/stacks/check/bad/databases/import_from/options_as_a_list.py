"""databases.n8n.import_from.options: ['--jobs=4'] is not an ImportOptionsSpec; write ImportOptionsSpec(...)"""

from tests.valid import database, environment, importing

ENVIRONMENT = environment(databases={"n8n": database(import_from=importing(options=["--jobs=4"]))})
