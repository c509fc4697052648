"""databases.n8n.pg_hba.0: 'host all all all md5\\nhost all all all trust' is not one line; write one in each item [hba-line-is-readable]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(pg_hba=["host all all all md5\nhost all all all trust"])}
)
