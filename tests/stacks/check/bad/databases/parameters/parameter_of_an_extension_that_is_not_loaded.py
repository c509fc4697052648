"""databases.n8n.parameters.cron.database_name: is read by pg_cron only, which is not loaded; add 'pg_cron' to shared_preload_libraries, or leave it out [extension-parameter-is-loaded]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"cron.database_name": "app"})})
