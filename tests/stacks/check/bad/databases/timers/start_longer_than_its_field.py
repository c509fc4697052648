"""databases.n8n.timers.start: '30000d' is more seconds than CloudNativePG's field holds; write at most '24855d' [timer-fits-crd]"""

from components.postgres import TimersSpec
from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(timers=TimersSpec(start="30000d"))})
