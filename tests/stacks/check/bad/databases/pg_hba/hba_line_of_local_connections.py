"""databases.n8n.pg_hba.0: 'local all all peer' is never reached, as CloudNativePG's own line for local connections comes first; leave it out [hba-line-is-readable]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(pg_hba=["local all all peer"])})
