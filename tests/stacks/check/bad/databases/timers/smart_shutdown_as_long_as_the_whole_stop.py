"""databases.n8n.timers.smart_shutdown: '1m' is not below stop '60s', so CloudNativePG would not wait for clients; use a value below stop [smart-shutdown-ends-before-stop]"""

from components.postgres.timers import TimersSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(timers=TimersSpec(stop="60s", smart_shutdown="1m"))}
)
