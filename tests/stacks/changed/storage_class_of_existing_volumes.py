"""Cluster n8n-prod/n8n-postgres: spec.storage.storageClass: the default class becomes 'fast' for new volumes only; create the instances again, one by one, to move them [storage-class-affects-new-volumes]"""

from tests.valid import database, environment

BEFORE = environment(databases={"n8n": database()})
AFTER = environment(databases={"n8n": database(storage_class="fast")})
