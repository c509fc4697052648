"""databases.n8n.tablespaces.cold.owner: 'nobody_known' is not a role; write one of app, or add it to roles [tablespaces-have-owners]"""

from tests.valid import database, environment, tablespace

ENVIRONMENT = environment(
    databases={"n8n": database(tablespaces={"cold": tablespace(owner="nobody_known")})}
)
