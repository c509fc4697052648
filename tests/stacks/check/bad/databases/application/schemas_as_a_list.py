"""databases.n8n.application.schemas: ['sales'] is a list; write a dict {name: ...}"""

from tests.valid import application, database, environment

ENVIRONMENT = environment(databases={"n8n": database(application=application(schemas=["sales"]))})
