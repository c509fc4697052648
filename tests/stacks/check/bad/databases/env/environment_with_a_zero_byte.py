"""databases.n8n.env.TZ: has a zero byte; write text [environment-value-is-text]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={"n8n": database(env={"TZ": "a\0b"})})
