"""databases.n8n.shared_preload_libraries: 'vchord' is a str; write a list, like ['vchord']"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(shared_preload_libraries="vchord")})
