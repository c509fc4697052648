"""databases.n8n.image: 'postgres:9.6' is PostgreSQL 9, which CloudNativePG refuses; write an image of PostgreSQL 13 or later [postgresql-is-supported]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(image="postgres:9.6")})
