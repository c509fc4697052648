"""databases.n8n.storage: WAL may take 8.0 GB of '10Gi', which leaves 2.0 GB for data; a larger volume, a lower max_wal_size or wal_storage leaves more [wal-leaves-room-for-data]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"wal_keep_size": "7GB"})})
