"""databases.n8n.storage: '1536Mi' does not hold 1.5 GB of WAL, which max_wal_size and wal_keep_size keep; write at least '2Gi', or smaller parameters [volume-holds-wal]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    disposable=True, databases={"n8n": database(instances=1, storage="1536Mi")}
)
