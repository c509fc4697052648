"""databases.n8n.shared_preload_libraries: 'pgaudit' is loaded because of parameters.pgaudit.log already; leave it out [operators-library-is-loaded-by-a-parameter]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={
        "n8n": database(shared_preload_libraries=["pgaudit"], parameters={"pgaudit.log": "all"})
    }
)
