"""databases.n8n.wal_storage_class: 'fast' is for WAL volumes, and there are none; write wal_storage too, or leave it out [wal-class-has-volume]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(wal_storage_class="fast")})
