"""databases.n8n.pg_hba.0: 'host all all all password' has passwords sent without encryption; write 'scram-sha-256', or 'hostssl' [clients-prove-who-they-are]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(pg_hba=["host all all all password"])})
