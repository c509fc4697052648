"""databases.n8n.databases.tier0_heartbeat: 'tier0_heartbeat' is the database of the drills; choose another name [database-is-not-reserved]"""

from components.postgres.roles import DatabaseSpec
from tests.valid import database, environment

FURTHER = {"tier0_heartbeat": DatabaseSpec(owner="n8n")}

ENVIRONMENT = environment(databases={"n8n": database(databases=FURTHER)})
