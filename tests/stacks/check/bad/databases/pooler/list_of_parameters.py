"""databases.n8n.pooler.parameters: ['server_idle_timeout'] is a list; write a dict {name: ...}"""

from tests.valid import database, environment, pooler

ENVIRONMENT = environment(
    databases={"n8n": database(pooler=pooler(parameters=["server_idle_timeout"]))}
)
