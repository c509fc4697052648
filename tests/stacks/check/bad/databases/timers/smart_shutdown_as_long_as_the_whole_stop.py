"""databases.n8n.timers.smart_shutdown: '1m' is not less than stop, '60s', and CloudNativePG would wait for no client at all; write less [smart-shutdown-ends-before-stop]"""

from components.postgres.timers import TimersSpec
from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(timers=TimersSpec(stop="60s", smart_shutdown="1m"))}
)
