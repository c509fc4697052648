"""databases.n8n.storage: '2000000K' is not a size; write a whole number and Mi, Gi or Ti, like '1954Mi' [size-has-binary-unit]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(storage="2000000K")})
