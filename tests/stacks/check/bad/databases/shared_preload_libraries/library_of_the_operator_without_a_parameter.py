"""databases.n8n.shared_preload_libraries: 'pg_stat_statements' is loaded by CloudNativePG once a parameter of it is set; set one, like 'pg_stat_statements.track', and leave it out here [operators-library-is-loaded-by-a-parameter]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(shared_preload_libraries=["pg_stat_statements"])}
)
