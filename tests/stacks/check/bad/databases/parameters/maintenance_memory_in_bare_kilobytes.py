"""databases.n8n.parameters.maintenance_work_mem: '8388608' for each operation is not below the 7.9 GB that memory '8Gi' leaves besides shared_buffers; write at most '2016MB' [memory-holds-work-memory]"""

from tests.valid import database, environment, resources

ENVIRONMENT = environment(
    databases={
        "n8n": database(
            resources=resources(memory="8Gi"), parameters={"maintenance_work_mem": "8388608"}
        )
    }
)
