"""databases.n8n.tablespaces.cold.storage: '100G' is not a size; write a whole number and Mi, Gi or Ti, like '100Gi' [size-has-binary-unit]"""

from tests.valid import database, environment, tablespace

ENVIRONMENT = environment(
    databases={"n8n": database(tablespaces={"cold": tablespace(storage="100G")})}
)
