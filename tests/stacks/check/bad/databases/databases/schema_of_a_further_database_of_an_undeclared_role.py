"""databases.n8n.databases.reports.schemas.sales: 'shop' is not a role; write one of app, or add it to roles [owners-and-groups-exist]"""

from tests.valid import database, environment, further

ENVIRONMENT = environment(
    databases={"n8n": database(databases={"reports": further(schemas={"sales": "shop"})})}
)
