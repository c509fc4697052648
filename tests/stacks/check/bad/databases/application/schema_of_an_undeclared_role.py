"""databases.n8n.application.schemas.sales: 'shop' is not a role; write one of app, or add it to roles [owners-and-groups-exist]"""

from tests.valid import application, database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(application=application(schemas={"sales": "shop"}))}
)
