"""databases.n8n.storage: '500M' is not a size; write a whole number and Mi, Gi or Ti, like '500Mi' [size-has-binary-unit]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(storage="500M")})
