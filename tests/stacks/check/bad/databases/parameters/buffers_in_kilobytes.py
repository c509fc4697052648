"""databases.n8n.parameters.notify_buffers: '1000kB' is 125 buffers, which is no multiple of 16; write '128' [buffers-have-accepted-size]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"notify_buffers": "1000kB"})})
