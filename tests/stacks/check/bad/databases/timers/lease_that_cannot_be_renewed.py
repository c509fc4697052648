"""databases.n8n.timers.lease: '3s' is too short to be renewed every 2 s; write at least '4s' [lease-can-be-renewed]"""

from components.postgres import TimersSpec
from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(timers=TimersSpec(lease="3s"))})
