"""databases.n8n.parameters.work_mem: '4Ti' is out of range; write 64kB to 2147483647kB [parameter-fits-postgresql]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"work_mem": "4Ti"})})
