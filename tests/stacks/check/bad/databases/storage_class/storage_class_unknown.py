"""databases.n8n.storage_class: 'fast' is not the StorageClass of block volumes that storage creates; write 'ceph-block', or leave it out for the cluster's default [storage-class-exists]"""

from tests.valid import database, environment, storage

ENVIRONMENT = environment(storage=storage(), databases={"n8n": database(storage_class="fast")})
