"""databases.n8n.resources.memory: '2Gi' leaves 1920 MiB besides shared_buffers, and 34 Barman processes take up to 3264; write at least '3393Mi', or fewer jobs [in-tree-jobs-fit-memory]"""

from tests.valid import backup, database, environment, resources

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            resources=resources(memory="2Gi"), backup=backup(method="in-tree", wal_jobs=32)
        )
    }
)
