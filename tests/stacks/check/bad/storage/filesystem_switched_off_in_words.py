"""storage.filesystem_class: False is a bool; write text in quotes"""

from tests.valid import environment, storage

ENVIRONMENT = environment(storage=storage(filesystem_class=False))
