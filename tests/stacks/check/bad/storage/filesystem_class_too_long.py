"""storage.filesystem_class: 'fffffffffffffffffffffffffffffffffffffff' has 39 characters; write at most 38 [store-name-is-short]"""

from tests.valid import environment, storage

ENVIRONMENT = environment(storage=storage(filesystem_class="f" * 39))
