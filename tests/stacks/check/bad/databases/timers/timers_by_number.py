"""databases.n8n.timers.1: unknown field; TimersSpec has start, stop, smart_shutdown, switchover, failover, lease"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(timers={1: "5m"})})
