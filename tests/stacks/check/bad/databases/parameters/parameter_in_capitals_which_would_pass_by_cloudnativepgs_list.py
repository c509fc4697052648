"""databases.n8n.parameters.Archive_Mode: 'Archive_Mode' is not a parameter name; write it in lower case, like 'work_mem' [parameter-name-is-valid]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(parameters={"Archive_Mode": "off"})})
