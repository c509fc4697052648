"""databases.n8n.turbo: unknown field; PostgresSpec has what docs/specs.md lists"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(turbo=True)})
