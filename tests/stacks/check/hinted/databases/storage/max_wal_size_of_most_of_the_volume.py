"""databases.n8n.storage: WAL may take 7.0 GB of '10Gi', which leaves 3.0 GB for data; a larger volume, a lower max_wal_size or wal_storage leaves more [wal-leaves-room-for-data]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"max_wal_size": "6GB"})})
