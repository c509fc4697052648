"""databases.n8n.storage: '1Gi' does not hold 1.5 GB of WAL, which max_wal_size and wal_keep_size keep; write at least '2Gi', or smaller parameters [volume-holds-wal]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(storage="1Gi")})
