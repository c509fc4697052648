"""databases.n8n.databases.sonarr-log: 'sonarr-log' needs quotes wherever SQL names it; a name of lower-case letters, digits and '_' that SQL does not reserve needs none [identifier-needs-no-quotes]"""

from components.postgres import DatabaseSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(databases={"sonarr-log": DatabaseSpec(owner="app")})}
)
