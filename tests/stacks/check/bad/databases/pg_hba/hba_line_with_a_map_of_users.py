"""databases.n8n.pg_hba.0: 'hostssl all all all cert map=people' has the option 'map=people', which is not offered; write clientcert or clientname, or leave it out [hba-line-is-readable]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(pg_hba=["hostssl all all all cert map=people"])}
)
