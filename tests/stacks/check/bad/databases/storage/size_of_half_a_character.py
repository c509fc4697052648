"""databases.n8n.storage: '\\ud800' is not a size; write a whole number and Mi, Gi or Ti, like '10Gi' [size-has-binary-unit]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(storage="\ud800")})
