"""databases.n8n.pg_hba.0: 'host all all 10.0.0.0/33 scram-sha-256' has '10.0.0.0/33' where the address belongs; write all, a network like '10.0.0.0/8' or a host name [hba-line-is-readable]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(pg_hba=["host all all 10.0.0.0/33 scram-sha-256"])}
)
