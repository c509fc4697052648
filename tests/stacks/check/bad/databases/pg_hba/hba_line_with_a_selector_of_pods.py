"""databases.n8n.pg_hba.0: 'host all all ${podselector:app} md5' names pods by a selector, which no field declares; write a network [hba-line-is-readable]"""

from tests.valid import database, environment

ENVIRONMENT = environment(
    databases={"n8n": database(pg_hba=["host all all ${podselector:app} md5"])}
)
