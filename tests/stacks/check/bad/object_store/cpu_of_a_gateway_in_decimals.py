"""object_store.resources.cpu: '1.5' is not an amount of CPU; write whole cores like '2', or millicores like '500m' [cpu-is-cores-or-millicores]"""

from tests.valid import daemon, environment, object_store

ENVIRONMENT = environment(object_store=object_store(resources=daemon(cpu="1.5")))
