"""databases.1: 1 is an int; write text in quotes"""

from tests.valid import database, environment

ENVIRONMENT = environment(databases={1: database()})
