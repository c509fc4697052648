"""databases.n8n.resources.memory: '4Gi' leaves 1024 MiB besides shared_buffers, and 12 Barman processes take up to 1152; write at least '4225Mi', or fewer jobs [in-tree-jobs-fit-memory]"""

from tests.valid import backup, database, environment, resources

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            resources=resources(memory="4Gi"),
            parameters={"shared_buffers": "3GB"},
            backup=backup(method="in-tree", jobs=8, wal_jobs=4),
        )
    }
)
