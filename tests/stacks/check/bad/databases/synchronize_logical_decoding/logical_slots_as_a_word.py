"""databases.n8n.synchronize_logical_decoding: 'on' is a str; write True or False"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(synchronize_logical_decoding="on")})
