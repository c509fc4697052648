"""databases.n8n.storage: '10737418240' is not a size; write a whole number and Mi, Gi or Ti, like '10Gi' [size-has-binary-unit]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(storage="10737418240")})
