"""storage.filesystem_class: 'fffffffffffffffffffffffffffffffffffffff' has 39 characters; write at most 38 [T112]"""

from tests.valid import environment, storage

ENVIRONMENT = environment(storage=storage(filesystem_class="f" * 39))
