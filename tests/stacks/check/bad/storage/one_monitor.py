"""storage.monitors: 1 monitor stops the whole cluster with its host; write 3 or 5, or declare the environment disposable [survives-one-host]"""

from tests.valid import environment, storage

ENVIRONMENT = environment(storage=storage(monitors=1))
