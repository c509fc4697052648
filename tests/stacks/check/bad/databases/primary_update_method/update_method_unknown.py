"""databases.n8n.primary_update_method: 'rolling' is not a choice; write 'restart' or 'switchover'"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(primary_update_method="rolling")})
