"""databases: 4 databases make a base backup at the same time, '0 2 * * *'; a different minute for each spreads the load [base-backups-are-spread]"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={name: database(name) for name in ("a", "b", "c", "d")})
