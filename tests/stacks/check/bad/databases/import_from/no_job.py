"""databases.n8n.import_from.options.jobs: 0 is too small; write 1 to 32"""

from tests.valid import database, environment, import_options, importing

ENVIRONMENT = environment(
    databases={"n8n": database(import_from=importing(options=import_options(jobs=0)))}
)
