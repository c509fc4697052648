"""databases.n8n.storage_class: 'fast' is no StorageClass of block volumes that storage makes; write 'ceph-block', or leave it out for the cluster's default [storage-class-exists]"""

from tests.valid import database, environment, storage

ENVIRONMENT = environment(storage=storage(), databases={"n8n": database(storage_class="fast")})
