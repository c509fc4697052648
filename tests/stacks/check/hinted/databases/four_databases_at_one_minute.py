"""databases: 4 databases make a base backup at '0 2 * * *' at once; a minute of its own for each spreads the load [base-backups-are-spread]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={name: database(name) for name in ("a", "b", "c", "d")})
