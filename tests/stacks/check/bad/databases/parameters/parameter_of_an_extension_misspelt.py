"""databases.n8n.parameters.timescale_db.max_background_workers: 'timescale_db' is no known extension; did you mean 'timescaledb'? [extension-parameter-is-loaded]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(parameters={"timescale_db.max_background_workers": "8"})}
)
