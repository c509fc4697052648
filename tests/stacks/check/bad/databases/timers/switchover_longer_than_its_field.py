"""databases.n8n.timers.switchover: '36500d' is more seconds than CloudNativePG's field holds; write at most '24855d' [timer-fits-crd]"""

from components.postgres import TimersSpec
from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(timers=TimersSpec(switchover="36500d"))})
