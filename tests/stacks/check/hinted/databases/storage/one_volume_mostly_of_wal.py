"""databases.n8n.storage: WAL may take 1.5 GB of '2Gi', which leaves 512 MB for data; a larger volume, a lower max_wal_size or wal_storage leaves more [wal-leaves-room-for-data]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(storage="2Gi")})
