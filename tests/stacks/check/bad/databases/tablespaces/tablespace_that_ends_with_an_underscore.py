"""databases.n8n.tablespaces.cold_: 'cold_' is not a tablespace's name; write lower-case letters, digits and '_', first a letter and last a letter or digit [tablespace-name-is-a-volumes]"""

from tests.valid import database, environment, tablespace

ENVIRONMENT = environment(databases={"n8n": database(tablespaces={"cold_": tablespace()})})
