"""object_store.name: 'sssssssssssssssssssssssssssssssssssssss' has 39 characters; write at most 38 [store-name-is-short]"""

from tests.valid import environment, object_store

ENVIRONMENT = environment(object_store=object_store(name="s" * 39))
