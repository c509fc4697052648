"""storage.monitors: 4 monitors survive no more losses than 3; write 3 or 5 [monitor-count-is-odd]"""

from tests.valid import environment, storage

ENVIRONMENT = environment(storage=storage(monitors=4))
