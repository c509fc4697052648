"""databases.n8n.storage: '1.5Ti' is not a size; write a whole number and Mi, Gi or Ti, like '1536Gi' [size-has-binary-unit]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(storage="1.5Ti")})
