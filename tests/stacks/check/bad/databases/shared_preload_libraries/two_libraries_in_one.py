"""databases.n8n.shared_preload_libraries.0: 'timescaledb,vchord' is not a library; write the name of its file, like 'vchord' [library-is-file-name]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(shared_preload_libraries=["timescaledb,vchord"])}
)
