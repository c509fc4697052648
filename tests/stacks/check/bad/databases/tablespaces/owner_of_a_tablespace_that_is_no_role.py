"""databases.n8n.tablespaces.cold.owner: 'nobody_known' is not a role; write one of app, or add it to roles [owners-and-groups-exist]"""

from tests.valid import database, environment, tablespace

ENVIRONMENT = environment(
    databases={"n8n": database(tablespaces={"cold": tablespace(owner="nobody_known")})}
)
