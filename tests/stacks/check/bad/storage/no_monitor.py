"""storage.monitors: 0 is too small; write 1 to 7"""

from tests.valid import environment, storage

ENVIRONMENT = environment(storage=storage(monitors=0))
