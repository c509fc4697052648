"""databases.n8n.env.pgdata: 'pgdata' is set by CloudNativePG; leave it out [environment-name-is-free]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(env={"pgdata": "/data"})})
