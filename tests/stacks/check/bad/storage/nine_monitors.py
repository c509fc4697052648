"""storage.monitors: 9 is too large; write 1 to 7"""

from tests.valid import environment, storage

ENVIRONMENT = environment(storage=storage(monitors=9))
