"""databases.n8n.parameters.work_mem: '8GB' for each operation is not below the 4.0 GB that memory '4Gi' leaves besides shared_buffers; write at most '1024MB' [memory-holds-work-memory]"""

from tests.valid import database, environment, resources

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            resources=resources(memory="2Gi", memory_limit="4Gi", huge_pages="2Gi"),
            parameters={"work_mem": "8GB"},
        )
    }
)
