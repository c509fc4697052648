"""object_store.name: 's3-bucket' is also the StorageClass of storage.block_class; choose another name [storage-class-names-are-unique]"""

from tests.valid import environment, storage

ENVIRONMENT = environment(storage=storage(block_class="s3-bucket"))
