"""databases.n8n.pg_hba.0: 'host all all 10.0.0.0/8 trust' lets in everybody who reaches PostgreSQL, without a password; write 'scram-sha-256', or a waiver [clients-prove-who-they-are]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(pg_hba=["host all all 10.0.0.0/8 trust"])})
