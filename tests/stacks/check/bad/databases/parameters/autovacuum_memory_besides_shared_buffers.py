"""databases.n8n.parameters.autovacuum_work_mem: '1GB' for each operation is not below the 1.0 GB that memory '4Gi' leaves besides shared_buffers; write at most '256MB' [memory-holds-work-memory]"""

from tests.valid import database, environment, resources

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            resources=resources(memory="4Gi"),
            parameters={"shared_buffers": "3GB", "autovacuum_work_mem": "1GB"},
        )
    }
)
