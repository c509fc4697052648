"""object_store.name: 'ssssssssssssssssssssssssssssssssssssssss' has 40 characters; write at most 38 [store-name-is-short]"""

from tests.valid import environment, existing_store

ENVIRONMENT = environment(object_store=existing_store(name="s" * 40))
