"""databases.n8n.storage: '08Gi' is not a size; write a whole number and Mi, Gi or Ti, like '8Gi' [size-has-binary-unit]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(storage="08Gi")})
