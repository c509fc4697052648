"""databases.n8n.placement.tolerations: 'databases' is a str; write a list, like ['databases']"""

from tests.valid import database, environment, placement

ENVIRONMENT = environment(databases={"n8n": database(placement=placement(tolerations="databases"))})
