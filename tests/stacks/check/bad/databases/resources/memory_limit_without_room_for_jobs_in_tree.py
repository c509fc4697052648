"""databases.n8n.resources.memory_limit: '1Gi' leaves 896 MiB besides shared_buffers, and 11 Barman processes take up to 1056; write at least '1185Mi', or fewer jobs [in-tree-jobs-fit-memory]"""

from tests.valid import backup, database, environment, resources

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            resources=resources(memory="512Mi", memory_limit="1Gi"),
            backup=backup(method="in-tree", jobs=10),
        )
    }
)
