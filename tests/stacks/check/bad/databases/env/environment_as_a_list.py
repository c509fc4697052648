"""databases.n8n.env: [{'name': 'TZ', 'value': 'UTC'}] is a list; write a dict {name: ...}"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(env=[{"name": "TZ", "value": "UTC"}])})
