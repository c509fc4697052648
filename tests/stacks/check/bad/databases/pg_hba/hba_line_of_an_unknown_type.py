"""databases.n8n.pg_hba.0: 'tcp all all all scram-sha-256' begins with 'tcp'; write one of host, hostssl, hostnossl, hostgssenc, hostnogssenc [hba-line-is-readable]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(pg_hba=["tcp all all all scram-sha-256"])})
