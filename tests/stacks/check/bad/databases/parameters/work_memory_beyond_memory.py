"""databases.n8n.parameters.work_mem: '2GB' for each operation is not below the 1.9 GB that memory '2Gi' leaves besides shared_buffers; write at most '480MB' [memory-holds-work-memory]"""

from tests.valid import database, environment, resources

ENVIRONMENT = environment(
    databases={"n8n": database(resources=resources(memory="2Gi"), parameters={"work_mem": "2GB"})}
)
