"""object_store.gateways: 1 gateway stops archiving whenever it restarts; write at least 2, or declare the environment disposable [survives-one-host]"""

from tests.valid import environment, object_store

ENVIRONMENT = environment(object_store=object_store(gateways=1))
