"""storage.block_class: 'tier0-shared' is also the StorageClass of object_store.name; choose another name [storage-class-names-are-unique]"""

from tests.valid import environment, existing_store, operators, storage

ENVIRONMENT = environment(
    object_store=existing_store(),
    operators=operators(),
    storage=storage(block_class="tier0-shared"),
)
