"""databases.n8n.parameters.transaction_buffers: '100' is 100 buffers, which is no multiple of 16; write '112' [buffers-have-accepted-size]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"transaction_buffers": "100"})})
